import type { Clock } from '../../core/clock.ts'
import { VendorError } from '../../core/errors.ts'
import type { GroupAnswer, GroupHint } from '../../core/group.ts'
import { isRaw, listOf } from '../raw.ts'
import type { Raw } from '../raw.ts'
import { GROUP_FILTERS } from './fields.ts'
import { judgeAll, verdict } from './parse-details.ts'
import type { Sizes } from './sizes.ts'
import type { Wire } from './wire.ts'

export interface DetailsDeps {
  readonly wire: Wire
  readonly sizes: Sizes
  readonly clock: Clock
  readonly groupCustom: ReadonlySet<string>
  readonly memberCustom: ReadonlySet<string> | undefined
}

/** The codes that may be about one group and yet fail a whole request (T3.3). */
const ABOUT_A_GROUP: ReadonlySet<string> = new Set(['10004', '10007', '10010', '10015'])

/**
 * `get_group_info` (S0). A batch of groups whose members come along is asked without a filter: everything then comes, in the
 * server's own naming. Any other batch names the group's fields, which keeps members out.
 * The top-level code is a verdict only where no element came (S0). Throws `tooBig` when the batch has to be halved; a
 * single group that is too big with its members is asked without them.
 */
export function createDetails({ wire, sizes, clock, groupCustom, memberCustom }: DetailsDeps) {
  const rules = () => ({ caller: wire.caller, now: clock.now(), custom: memberCustom, groupCustom })
  let filter = 0
  let filterProven = false

  async function ask(batch: readonly GroupHint[], names: readonly string[] | null, signal: AbortSignal) {
    const ids = batch.map(({ groupId }) => groupId)
    const custom = groupCustom.size > 0 ? { AppDefinedDataFilter_Group: [...groupCustom] } : {}
    const responseFilter = names === null ? {} : { ResponseFilter: { GroupBaseInfoFilter: names, ...custom } }
    const body = JSON.stringify({ GroupIdList: ids, ...responseFilter })
    return wire.ask('getGroupInfo', body, signal, (opened) => {
      const elements = listOf(opened.body['GroupInfo']).filter(isRaw)
      if (elements.length === 0 && opened.code !== 0) throw opened.refusal()
      const answers = judgeAll(batch, elements, rules())
      if (names === null) learn(answers, opened.answer.text)
      return { answers, tooBig: idsTooBig(elements) }
    })
  }

  function learn(answers: readonly GroupAnswer[], text: string) {
    let rows = 0
    for (const answer of answers) {
      if (answer.kind !== 'found' || answer.group.type === 'AVChatRoom' || answer.group.type === 'Community') continue
      const came = (answer.members?.length ?? 0) + answer.bad.length
      rows += came
      if (answer.group.memberCount !== null) sizes.sawList(came, answer.group.memberCount)
    }
    sizes.saw(Buffer.byteLength(text), answers.length, rows)
  }

  async function bare(batch: readonly GroupHint[], signal: AbortSignal): Promise<GroupAnswer[]> {
    for (let tried = filter; ; tried++) {
      try {
        const { answers } = await ask(batch, GROUP_FILTERS[tried] ?? [], signal)
        if (!filterProven) filter = tried
        filterProven = true
        return answers
      } catch (error) {
        const refused = error instanceof VendorError && error.code === '10004'
        if (!refused || filterProven || tried + 1 >= GROUP_FILTERS.length) throw error
      }
    }
  }

  async function along(batch: readonly GroupHint[], signal: AbortSignal): Promise<GroupAnswer[]> {
    try {
      const { answers, tooBig } = await ask(batch, null, signal)
      // With its members a group may be refused that can be read without them.
      const again = new Set(
        answers
          .filter(({ kind }) => kind === 'forbidden')
          .map(idOf)
          .concat(tooBig),
      )
      if (again.size === 0) return answers
      const hints = batch.filter(({ groupId }) => again.has(groupId))
      return [...answers.filter((answer) => !again.has(idOf(answer))), ...(await bare(hints, signal))]
    } catch (error) {
      if (!(error instanceof VendorError)) throw error
      if (error.fault === 'tooBig') sizes.refused()
      if (batch.length === 1 && (error.fault === 'tooBig' || error.fault === 'forbidden')) return bare(batch, signal)
      throw error
    }
  }

  return async (batch: readonly GroupHint[], signal: AbortSignal): Promise<readonly GroupAnswer[]> => {
    if (batch.length === 0) return []
    try {
      return await (batch.every((hint) => sizes.along(hint)) ? along(batch, signal) : bare(batch, signal))
    } catch (error) {
      if (!(error instanceof VendorError) || !ABOUT_A_GROUP.has(error.code)) throw error
      const [only] = batch
      if (batch.length === 1 && only) return [verdict(only.groupId, error.fault, error.message)]
      // One bad id may have failed them all: each is to be asked alone.
      return batch.map(({ groupId }) => ({ kind: 'missing', groupId }))
    }
  }
}

function idOf(answer: GroupAnswer): string {
  return answer.kind === 'found' ? answer.group.groupId : answer.groupId
}

/** Ids of elements that were refused for their size alone. */
function idsTooBig(elements: readonly Raw[]): string[] {
  return elements.flatMap(({ GroupId: id, ErrorCode: code }) =>
    typeof id === 'string' && (code === 10018 || code === 10054) ? [id] : [],
  )
}
