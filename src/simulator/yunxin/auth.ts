import { createHash, timingSafeEqual } from 'node:crypto'
import type { SimRequest } from '../dialect.ts'
import type { YunxinApp, YunxinQuirks } from './quirks.ts'
import { Refusal } from './refusal.ts'

/** How far `CurTime` may be from the server's clock, ms. */
const DRIFT = 300_000

/** Checks the four headers (Y1). Whatever is wrong with them is 414, the code of a bad parameter. */
export function createAuth() {
  /** What has been used, and until when that matters. */
  const used = new Map<string, number>()
  return function authorize({ headers }: SimRequest, app: YunxinApp, quirks: YunxinQuirks, now: number) {
    const { nonce, curtime, checksum } = headers
    if (typeof nonce !== 'string' || nonce === '' || nonce.length > 128) throw new Refusal(414)
    if (typeof curtime !== 'string' || !/^\d{1,12}$/.test(curtime)) throw new Refusal(414)
    if (typeof checksum !== 'string') throw new Refusal(414)
    const right = createHash('sha1').update(`${app.appSecret}${nonce}${curtime}`).digest('hex')
    if (checksum.length !== right.length || !timingSafeEqual(Buffer.from(checksum), Buffer.from(right)))
      throw new Refusal(414)
    if (Math.abs(Number(curtime) * 1000 - now) > DRIFT) throw new Refusal(414)
    if (!quirks.refuseRepeatedNonce) return
    for (const [id, until] of used) {
      if (until > now) break
      used.delete(id)
    }
    const trace = headers['x-custom-traceid']
    const ids = [`nonce ${app.name} ${nonce}`, ...(typeof trace === 'string' ? [`trace ${app.name} ${trace}`] : [])]
    if (ids.some((id) => used.has(id))) throw new Refusal(414)
    for (const id of ids) used.set(id, now + 2 * DRIFT)
  }
}
