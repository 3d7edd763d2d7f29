import type { Pool } from 'pg'
import { addAsk, type AskScope } from '../../store/asks.ts'
import { inTransaction } from '../../store/transaction.ts'
import { heldNames, type NamedBy } from '../with-names.ts'

/** Writes down what a person asks for; accounts stand in it under the names that are kept. Returns its number. */
export async function askFor(pool: Pool, source: NamedBy, sourceNo: number, scope: AskScope): Promise<number> {
  const ask = { trigger: 'manual', urgent: true } as const
  if (scope === null || scope.accounts.length === 0) return addAsk(pool, sourceNo, { ...ask, scope })
  return inTransaction(pool, async (client) => {
    const names = await heldNames(client, source, sourceNo)
    const accounts = names === null ? scope.accounts : scope.accounts.map(names.of)
    return addAsk(client, sourceNo, { ...ask, scope: { ...scope, accounts } })
  })
}
