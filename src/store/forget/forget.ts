import type { Pool, PoolClient } from 'pg'
import { statement } from '../statement.ts'
import { inTransaction } from '../transaction.ts'
import { type Forgetting, forgetRows, type Replaced } from './rows.ts'
import { forgetInQueue, forgetInScratch, forgetInWords } from './words.ts'

export type { Forgetting, Replaced }

/** A record of what was forgotten: nothing in it says who it was. */
export interface Forgotten {
  readonly pseudonym: string
  readonly forgottenAt: Date
  /** Whether it was forgotten before, so that this has only looked again. */
  readonly before: boolean
  readonly replaced: Replaced
}

/** Two transactions that want each other's rows: the database ends one of them, and it can be had again. */
const DEADLOCK = '40P01'
const TRIES = 5

/**
 * Replaces an account by its pseudonym. The first transaction notes the pseudonym, so that no read brings the name in any
 * more, and replaces everything that reads are compared with or that waits: all of it or nothing. What only names the
 * account in words follows. Broken off anywhere, the same again ends it.
 *
 * @param elsewhere looks through what is not in the database, and says how many sentences it has changed
 */
export async function forgetAccount(
  pool: Pool,
  who: Forgetting,
  elsewhere: () => Promise<number> = async () => 0,
): Promise<Forgotten> {
  const noted = await again(() => inTransaction(pool, (client) => forgetAtOnce(client, who), LONG_MS))
  const sentences = (await forgetInWords(pool, who)) + (await forgetInQueue(pool, who)) + (await elsewhere())
  await forgetSamples(pool)
  await pool.query(statement('forget-end'), [...of(who), JSON.stringify({ sentences })])
  return { ...noted, replaced: { ...noted.replaced, sentences: noted.replaced.sentences + sentences } }
}

/** What forgetting would replace: the same in a transaction that is undone. */
export async function wouldForget(pool: Pool, who: Forgetting): Promise<Forgotten> {
  let found: Forgotten | null = null
  await again(() =>
    inTransaction(
      pool,
      async (client) => {
        const noted = await forgetAtOnce(client, who)
        const sentences =
          noted.replaced.sentences + (await forgetInWords(client, who)) + (await forgetInQueue(client, who))
        found = { ...noted, replaced: { ...noted.replaced, sentences } }
        throw new Undo()
      },
      LONG_MS,
    ),
  ).catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error
  })
  if (found === null) throw new Error('nothing was tried')
  return found
}

const of = ({ sourceNo, pseudonym }: Forgetting) => [sourceNo, pseudonym]

class Undo extends Error {
  override readonly name = 'Undo'
}
/** Between its statements lies the work on as many rows as the account has. */
const LONG_MS = 120_000

async function forgetAtOnce(client: PoolClient, who: Forgetting): Promise<Forgotten> {
  // Waits for whoever writes names read before, and keeps everybody else from beginning until this is done.
  await client.query('UPDATE rollcall.source SET forgets = forgets + 1 WHERE source_no = $1', [who.sourceNo])
  const { rows } = await client.query<{ forgotten_at: Date; before: boolean }>(statement('forget-note'), of(who))
  const inRows = await forgetRows(client, who)
  const replaced = { ...inRows, sentences: await forgetInScratch(client, who) }
  await client.query(statement('forget-count'), [...of(who), JSON.stringify(replaced)])
  const [row] = rows
  return {
    pseudonym: who.pseudonym,
    forgottenAt: row?.forgotten_at ?? new Date(),
    before: row?.before === true,
    replaced,
  }
}

async function again<T>(work: () => Promise<T>, tries = TRIES): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (tries > 1 && error instanceof Error && 'code' in error && error.code === DEADLOCK) return again(work, tries - 1)
    throw error
  }
}

/** The planner keeps samples of columns, among them names: new ones are taken where it had some. */
async function forgetSamples(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(statement('forget-samples'))
  for (const { name } of rows) await pool.query(`ANALYZE ${name}`)
}
