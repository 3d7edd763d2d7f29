/** What the limiters share, so that they mean the same by a rate. */

/** Places are given out at 97 % of the rate, so that late timers never push more than the rate into one second. */
export const PACE = 0.97
/** The least part of its rate that an endpoint is slowed down to. */
export const LEAST = 1 / 16
/** The part of the full rate that comes back each ms: half of it in 100 s. */
export const RECOVERY = 0.5 / 100_000

/** The ms from one place to the next at the full rate; 0 where there is no limit. */
export const stepOf = (perSecond: number): number => 1000 / (perSecond * PACE)
