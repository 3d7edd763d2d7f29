import { Digits } from '../json.ts'
import { shuffled } from '../random.ts'
import { type Answer, type Call, findTeam, liveTeam, teamType } from './call.ts'
import { teamInfo } from './fields.ts'
import { Refusal } from './refusal.ts'

/** Most teams of a batch, by type. */
const MOST = { 1: 30, 2: 20 }

/** Y3.3, one team: the table and the sample of the documents nest it differently. */
export function oneTeam(call: Call): Answer {
  const { quirks } = call
  const info = teamInfo(call, liveTeam(call), quirks.ownerField)
  const flat = { ...info, team_type: undefined }
  if (quirks.infoNesting === 'team_info') return { team_info: info }
  return quirks.infoNesting === 'flat' ? flat : { ...flat, team_info: info }
}

/** Y3.3, a batch: what is missing, dissolved or of the other type is an invalid id. */
export function teamBatch(call: Call): Answer {
  const { quirks, services } = call
  const type = teamType(call)
  const ids = idList(call.query['team_ids'] ?? '')
  if (ids.length > MOST[type]) throw new Refusal(108314)
  const infos: Answer[] = []
  const invalid: Digits[] = []
  for (const id of ids) {
    const team = findTeam(call, id, type)
    if (typeof team === 'number') invalid.push(new Digits(id))
    else infos.push(teamInfo(call, team, quirks.batchOwner))
  }
  if (infos.length === 0 && quirks.batchAllInvalid === 108404) throw new Refusal(108404)
  return { team_info_list: quirks.shuffleBatch ? shuffled(infos, services.random) : infos, invalid_tids: invalid }
}

/** A JSON array as text. JSON.parse would round long ids, so the digits are read as they stand. */
export function idList(text: string): string[] {
  if (!/^\s*\[\s*("?)\d{1,19}\1\s*(,\s*("?)\d{1,19}\3\s*)*\]\s*$/.test(text)) throw new Refusal(414)
  return [...new Set(text.match(/\d+/g))]
}
