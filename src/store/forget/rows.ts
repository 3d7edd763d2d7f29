import type { PoolClient } from 'pg'
import { addTo, fromBigint, groupPrint, memberPrint, type RollPrint, toBigint } from '../../core/fingerprint.ts'
import { NAMING, withoutAccount } from '../../core/pseudonym.ts'
import { renameInAsks } from '../asks.ts'
import { fromRow, type StoredRow } from '../known.ts'
import { columns, statement } from '../statement.ts'
import { describedGroups } from '../write-groups.ts'

/** Whom to forget. */
export interface Forgetting {
  readonly sourceNo: number
  /** As it is stored. */
  readonly accountId: string
  readonly pseudonym: string
  /** False where the vendor takes ALICE for alice. */
  readonly exactCase: boolean
}

/** How much was replaced, by kind. */
export type Replaced = Record<
  | 'members'
  | 'stays'
  | 'imported'
  | 'changes'
  | 'groups'
  | 'groupChanges'
  | 'held'
  | 'quarantine'
  | 'waiting'
  | 'sentences',
  number
>

/** The account in the roll, in its history, in what is held back and in what waits; fingerprints and sums follow. */
export async function forgetRows(client: PoolClient, who: Forgetting): Promise<Omit<Replaced, 'sentences'>> {
  const { sourceNo, accountId, pseudonym } = who
  const given = [sourceNo, accountId, pseudonym]
  // Rolls first, runs and their parts then: the order in which workers take them.
  const before = await lockRolls(client, who)
  await client.query('SELECT FROM rollcall.run_work WHERE source_no = $1 ORDER BY run_no FOR UPDATE', [sourceNo])
  await client.query(statement('forget-parts'), [sourceNo])
  // An attempt that has just ended may have brought the account into one more group.
  const rolls = new Map([...before, ...(await lockRolls(client, who))])
  const changes = await count(client, 'forget-edits', given)
  const stays = await count(client, 'forget-stays', given)
  const imported =
    (await count(client, 'forget-imported-edits', given)) + (await count(client, 'forget-imported', given))
  for (const key of NAMING) {
    await client.query(statement('forget-edits-naming'), [...given, key])
    await client.query(statement('forget-stays-naming'), [...given, key])
  }
  return {
    changes,
    stays,
    imported,
    members: await forgetMembers(client, who, rolls),
    groups: await forgetOwner(client, who, [...rolls.keys()]),
    groupChanges: await count(client, 'forget-events', given),
    held: await count(client, 'forget-held', given),
    quarantine: await count(client, 'forget-bad', given),
    waiting: await forgetWaiting(client, who),
  }
}

async function count(client: PoolClient, name: string, params: readonly unknown[]): Promise<number> {
  return (await client.query(statement(name), [...params])).rowCount ?? 0
}

async function lockRolls(client: PoolClient, who: Forgetting): Promise<Map<number, RollPrint>> {
  const groups = await client.query<{ group_no: number }>(statement('forget-groups'), [
    who.sourceNo,
    who.accountId,
    [...NAMING],
  ])
  const { rows } = await client.query<{ group_no: number; rows: number; print: bigint; live_print: number }>(
    statement('forget-rolls-lock'),
    [groups.rows.map((row) => row.group_no)],
  )
  return new Map(rows.map((row) => [row.group_no, { ...fromBigint(row.print), live: row.live_print, rows: row.rows }]))
}

/** The roll: rows under their new name, with the fingerprint that the next read will find. */
async function forgetMembers(
  client: PoolClient,
  { accountId, pseudonym }: Forgetting,
  rolls: ReadonlyMap<number, RollPrint>,
): Promise<number> {
  const sums = new Map(rolls)
  const { rows } = await client.query<StoredRow & { print: bigint; live_print: number }>(statement('forget-members'), [
    [...rolls.keys()],
    accountId,
    [...NAMING],
  ])
  const written = rows.map((row) => {
    const member = withoutAccount(fromRow(row).member, accountId, pseudonym)
    const print = memberPrint(member)
    const sum = sums.get(row.group_no)
    if (sum !== undefined) {
      const without = addTo(sum, { ...fromBigint(row.print), live: row.live_print }, -1)
      sums.set(row.group_no, addTo(without, print))
    }
    return { row, member, print }
  })
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await client.query(
    statement('forget-members-update'),
    columns(
      written,
      ({ row }) => row.group_no,
      ({ row }) => row.account_id,
      ({ member }) => member.accountId,
      ({ member }) => member.nameCard,
      ({ member }) => json(member.attributes),
      ({ member }) => json(member.live),
      ({ print }) => toBigint(print),
      ({ print }) => print.live,
    ),
  )
  // Also of the groups it only owns: whatever was planned with the name in it is refused.
  await client.query(
    statement('forget-rolls-update'),
    columns(
      [...sums],
      ([groupNo]) => groupNo,
      ([, sum]) => toBigint(sum),
      ([, sum]) => sum.live,
    ),
  )
  return written.filter(({ row }) => row.account_id === accountId).length
}

async function forgetOwner(
  client: PoolClient,
  { accountId, pseudonym }: Forgetting,
  groupNos: readonly number[],
): Promise<number> {
  const owned = [...(await describedGroups(client, groupNos))].filter(([, { ownerId }]) => ownerId === accountId)
  const groups = owned.map(([groupNo, group]) => ({ groupNo, print: groupPrint({ ...group, ownerId: pseudonym }) }))
  await client.query(statement('forget-owner'), [
    pseudonym,
    ...columns(
      groups,
      ({ groupNo }) => groupNo,
      ({ print }) => toBigint(print),
    ),
  ])
  return groups.length
}

/** What waits or is under way: hints, asks, lists to be read, pages of walks. */
async function forgetWaiting(client: PoolClient, who: Forgetting): Promise<number> {
  const { sourceNo, accountId, pseudonym } = who
  let waiting = await renameInAsks(client, who)
  for (const name of ['forget-hints', 'forget-moves', 'forget-accounts', 'forget-selves'])
    waiting += await count(client, name, [sourceNo, accountId, pseudonym])
  await client.query(statement('forget-walks'), [sourceNo])
  return waiting
}
