import { applySchedules, type AppliedSchedule, type Schedule, storedSchedules } from '../../store/schedules.ts'
import type { SharedDeps } from './types.ts'

/** Writes down which source is read when; what is not named is scheduled no more. */
export async function keepSchedules({ pool }: Pick<SharedDeps, 'pool'>, schedules: readonly Schedule[]): Promise<void> {
  await applySchedules(pool, schedules)
}

export const keptSchedules = ({ pool }: Pick<SharedDeps, 'pool'>): Promise<readonly AppliedSchedule[]> =>
  storedSchedules(pool)
