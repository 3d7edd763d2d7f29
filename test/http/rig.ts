import { createHttp } from '../../src/http/server.ts'
import type { HttpDeps, HttpSettings } from '../../src/http/types.ts'
import { createLog } from '../../src/log.ts'
import { createPageData } from '../../src/store/page/page.ts'
import { cloneDatabase } from '../support/database.ts'
import { createRig, type Rig } from '../support/rig.ts'

/** A token that a person could have made. */
export const TOKEN = 'b7f2c19e5ad84403bf61d0c25e8a97f3'

/** The API over a database, on a free port of this machine. */
export async function serve(pool: HttpDeps['data'] | Rig['pool'], change: Partial<HttpDeps & HttpSettings> = {}) {
  const { host = '127.0.0.1', port = 0, token = null, ...deps } = change
  const data = 'sources' in pool ? pool : createPageData(pool)
  const http = await createHttp(
    {
      data,
      log: createLog({ level: 'silent' }),
      sources: [],
      resync: null,
      held: null,
      queue: null,
      version: '0.0.0',
      webRoot: '/nowhere',
      ...deps,
    },
    { host, port, token },
  )
  return {
    url: http.url,
    ask: (path: string, init?: RequestInit) => fetch(`${http.url}${path}`, init),
    async json<T>(path: string): Promise<T> {
      const response = await fetch(`${http.url}${path}`)
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T
    },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  }
}

export async function emptyApi(change: Partial<HttpDeps & HttpSettings> = {}) {
  const { pool } = await cloneDatabase()
  return serve(pool, change)
}

/** Three syncs of a small world with hostile names, a leave, a role and a rename. */
export async function history(): Promise<Rig> {
  const rig = await createRig()
  const { world } = rig
  world.createGroup({ groupId: '@TGS#one', type: 'Public', name: '<b>bold</b><script>alert(1)</script>' })
  world.createGroup({ groupId: 'super/7 %2F"', type: 'Public', name: "'); DROP TABLE x;--" })
  world.join('@TGS#one', 'ann', { role: 'Owner', nameCard: '=HYPERLINK("x")' })
  for (let n = 0; n < 30; n++) world.join('@TGS#one', `bob_${n}`, { nameCard: '\u202eabc' })
  world.join('super/7 %2F"', "o'neil </td>", { role: 'Owner' })
  await rig.sync()
  world.leave('@TGS#one', 'bob_3')
  world.join('@TGS#one', 'cat')
  world.setRole('@TGS#one', 'bob_4', 'Admin')
  await rig.sync()
  world.updateGroup('@TGS#one', { name: 'another\u0000 name'.replace('\u0000', '') })
  world.leave('@TGS#one', 'bob_5')
  await rig.sync()
  return rig
}
