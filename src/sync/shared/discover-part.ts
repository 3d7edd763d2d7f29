import { fence, noteAccounts, noteProblems, type Part, partAccounts, type Spent } from '../../store/parts.ts'
import { inTransaction } from '../../store/transaction.ts'
import { addGroups, lockRun } from '../../store/work.ts'
import { Discovery } from '../discover.ts'
import { Tally } from '../tally.ts'
import type { SyncSource } from '../types.ts'
import { HandBackError, type Life, PART_CONCURRENCY, type SharedDeps } from './types.ts'

/** Accounts whose lists are kept together: what a killed worker has to read again. */
const ACCOUNTS_AT_ONCE = 25

/** Reads lists of groups into the run: the vendor's list of all, or those of some accounts. */
export async function discoverPart(
  deps: SharedDeps,
  source: SyncSource,
  part: Part,
  { signal, stopping }: Life,
  spent: () => Spent,
): Promise<void> {
  if (part.kind === 'list') {
    await discover(deps, source, part, spent, [], (discovery) => discovery.all(signal))
    return
  }
  const accounts = await partAccounts(deps.pool, part)
  for (let at = 0; at < accounts.length; at += ACCOUNTS_AT_ONCE) {
    if (stopping.aborted) throw new HandBackError()
    const some = accounts.slice(at, at + ACCOUNTS_AT_ONCE)
    await discover(deps, source, part, spent, some, (discovery) => discovery.accounts(some, signal))
  }
}

async function discover(
  { pool }: SharedDeps,
  source: SyncSource,
  part: Part,
  spent: () => Spent,
  accounts: readonly string[],
  read: (discovery: Discovery) => Promise<void>,
): Promise<void> {
  const tally = new Tally()
  const discovery = new Discovery(source, tally, PART_CONCURRENCY)
  await read(discovery)
  const hints = [...discovery.hints.values()].map((hint) => ({
    ...hint,
    selves: discovery.self.get(hint.groupId) ?? [],
  }))
  await inTransaction(pool, async (client) => {
    await lockRun(client, part.runNo)
    await fence(client, part, spent())
    await addGroups(client, part.runNo, part.sourceNo, hints)
    await noteProblems(client, part.runNo, tally.problems, tally.notes)
    await noteAccounts(client, part.runNo, accounts)
  })
}
