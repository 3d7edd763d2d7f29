import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../core/errors.ts'
import { hashOfKey, pseudonymOf, withoutName } from '../../core/pseudonym.ts'
import { forgetInRedis } from '../../queue/forget.ts'
import { forgetAccount, type Forgetting, wouldForget } from '../../store/forget/forget.ts'
import { keepKeyHash, storedKeyHash } from '../../store/pseudonyms.ts'
import { knowsAccount, type KnownSource, storedSources } from '../../store/forget/known.ts'
import { withSourceLock } from '../../store/source-lock.ts'
import type { ForgetAnswer, ForgetAsk } from '../forget-types.ts'
import type { Life } from '../types.ts'
import { inContext } from './context.ts'

/** Forgets an account in the source that is named, or in each that knows it. */
export async function runForget(config: Config, ask: ForgetAsk, life: Life): Promise<readonly ForgetAnswer[]> {
  return inContext(config, { signal: life.signal }, async (context) => {
    const key = await keyOf(context, ask.dryRun)
    const answers: ForgetAnswer[] = []
    for (const source of await asked(context, ask, key))
      answers.push(await forgetIn(context, config, source, whoOf(source, ask, key), ask.dryRun, life))
    return answers
  })
}

async function keyOf({ pool, pseudonymKey }: Context, dryRun: boolean): Promise<string> {
  if (pseudonymKey === null) {
    throw new UsageError(
      'Forgetting needs ROLLCALL_PSEUDONYM_KEY in the environment: a later sync knows a forgotten account by a hash made with it. Make one (openssl rand -hex 32), keep it where your other secrets are, and give it to every process of Rollcall.',
    )
  }
  const hash = hashOfKey(pseudonymKey)
  if (((dryRun ? await storedKeyHash(pool) : await keepKeyHash(pool, hash)) ?? hash) !== hash) {
    throw new UsageError(
      'ROLLCALL_PSEUDONYM_KEY is another key than the one that was used before, with which the accounts forgotten so far are known again: put that one back.',
    )
  }
  return pseudonymKey
}

const whoOf = ({ sourceNo, name, vendor }: KnownSource, { account }: ForgetAsk, key: string): Forgetting => {
  const exactCase = vendor === 'tencent'
  const accountId = exactCase ? account : account.toLowerCase()
  return { sourceNo, accountId, pseudonym: pseudonymOf(key, name, accountId), exactCase }
}

async function asked({ pool }: Context, ask: ForgetAsk, key: string): Promise<readonly KnownSource[]> {
  const sources = await storedSources(pool)
  const named = sources.filter(({ name }) => name === ask.source)
  const everybody = (ask.source === null ? [] : named).find(({ pseudonymous }) => pseudonymous)
  if (everybody !== undefined) {
    throw new UsageError(
      `The source "${everybody.name}" keeps no account by name (pseudonymize: true): there is nothing to forget.`,
    )
  }
  if (ask.source !== null && named.length === 0)
    throw new UsageError(`The database has nothing of a source "${ask.source}": there is nothing to forget.`)
  if (ask.source !== null) return named
  const known: KnownSource[] = []
  for (const source of sources) {
    if (!source.pseudonymous && (await knowsAccount(pool, whoOf(source, ask, key)))) known.push(source)
  }
  if (known.length > 0) return known
  throw new UsageError(
    'No source knows this account, so nothing was changed. To keep it out beforehand, name the source: --source.',
  )
}

async function forgetIn(
  { pool }: Context,
  { redisUrl }: Config,
  { name }: KnownSource,
  who: Forgetting,
  dryRun: boolean,
  { progress, signal }: Life,
): Promise<ForgetAnswer> {
  const onWait = () => progress.note(`${name}: a sync of this source is running; waiting for it to end …`)
  const inQueue = () =>
    forgetInRedis(redisUrl, (text) => withoutName(text, who.accountId, who.pseudonym, who.exactCase))
  // Beside a run that workers share: its attempts are shut out and begin anew, under the names of then.
  const found = await withSourceLock(pool, name, { wait: true, onWait, signal, alone: false }, () =>
    dryRun ? wouldForget(pool, who) : forgetAccount(pool, who, inQueue),
  )
  if (found === null) throw new Error('the lock was not awaited')
  const { pseudonym, forgottenAt, before, replaced } = found
  return { source: name, pseudonym, forgottenAt: dryRun ? null : forgottenAt.getTime(), before, replaced }
}
