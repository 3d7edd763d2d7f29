/** What a report may be asked with. The text of a report names them as `:source`, `:since_day` and so on. */
export interface ReportAsk {
  readonly source: string
  readonly group: string | null
  /** The second group, where two are compared. */
  readonly other: string | null
  readonly account: string | null
  readonly since: number
  readonly until: number
  /** The moment asked for. */
  readonly at: number
  /** IANA; also the zone in which times are shown. */
  readonly zone: string
  readonly by: string | null
  readonly step: string | null
  readonly days: number | null
  readonly most: number
}

export const FAMILIES = [
  'point in time',
  'growth and churn',
  'retention and tenure',
  'overlap and reach',
  'inactivity and hygiene',
  'roles',
  'lifecycle',
  'data quality',
] as const

/** One question that people ask, and the query that answers it. */
export interface Report {
  readonly name: string
  readonly family: (typeof FAMILIES)[number]
  /** The question, as in docs/reports.md. */
  readonly asks: string
  /** One SELECT over the views and functions of the schema. */
  readonly sql: string
  /** What must be given; the rest has a default or is not used. */
  readonly needs?: readonly ('group' | 'other' | 'account')[]
  /** What `--by` and `--step` may be, the default first. */
  readonly by?: readonly string[]
  readonly step?: readonly string[]
  /** The default of `--days`. */
  readonly days?: number
  /** How far back `--since` reaches when it is not given, in days (default 30). */
  readonly back?: number
  /** What a terminal draws beside the table: a bar in every row, or one line of blocks above it. */
  readonly draws?: { readonly as: 'bar' | 'sparkline'; readonly of: string }
}
