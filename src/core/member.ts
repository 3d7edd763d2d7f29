/** A moment in milliseconds since 1970 UTC. `Infinity` where "for ever" makes sense (a mute). */
export type Millis = number

/** The vendor-independent roles, most powerful first. */
export const ROLES = ['owner', 'admin', 'member'] as const
export type Role = (typeof ROLES)[number]

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/**
 * One member of one group, in its final shape: made by a vendor's parser, and never changed afterwards.
 * Texts are free of U+0000 and lone surrogates (see text.ts), so that PostgreSQL takes them as they are.
 */
export interface Member {
  /** As the vendor's API writes it; lower case where the vendor ignores case. */
  readonly accountId: string
  readonly role: Role
  /** The name the member carries in this group; null when the vendor gives none or `""`. */
  readonly nameCard: string | null
  /** The end of a mute, `Infinity` for ever, null when not muted (or the mute has passed at the time of the read). */
  readonly mutedUntil: Millis | null
  /** The vendor's own join time; null where it gives none. `undefined`: this read did not carry it, what is known stays. */
  readonly joinedAt: Millis | null | undefined
  /** Last message of this member in this group; kept current, makes no history. */
  readonly lastSpokeAt: Millis | null
  /** What only one vendor has and what makes history when it changes (custom fields); null when there is nothing. */
  readonly attributes: JsonObject | null
  /** What only one vendor has and what changes all the time (read positions); kept current, makes no history. */
  readonly live: JsonObject | null
}

/** A record that cannot be understood. It is kept aside, its group is read as partial, and nobody leaves. */
export interface BadRecord {
  /** The account, where at least that is readable. */
  readonly accountId: string | null
  /** The field at fault, as the vendor names it. */
  readonly field: string
  readonly reason: string
}
