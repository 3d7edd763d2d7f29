import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { realClock } from '../../src/simulator/clock.ts'
import { type SimApp, startSimulator } from '../../src/simulator/index.ts'
import { createWorld } from '../../src/simulator/world.ts'
import { cloneDatabase } from '../support/database.ts'
import { DIALECTS, VENDORS } from '../support/dialects.ts'
import { home } from '../support/rollcall.ts'
import { leaked, madeOfSecrets } from './encodings.ts'
import { TRANSPORT } from './faults.ts'
import { startRedis } from './servers.ts'

/**
 * The whole program at work over failing vendors with marked secrets, on either queue backend: none of them in what any verb
 * says at its most talkative, in any table of any schema, in anything ever sent to Redis, in metrics or in HTTP answers.
 */

const TOKEN = 'marked-t0ken/with+signs=of its own'
const redisHere = spawnSync('redis-server', ['--version']).status === 0

test.each(['PostgreSQL', ...(redisHere ? ['Redis'] : [])])(
  'the queue in %s: no secret outside the configuration',
  async (backend) => {
    const worlds = VENDORS.map((vendor) => {
      const world = createWorld(realClock)
      const { app, groupId, types } = DIALECTS[vendor]
      for (const n of [0, 1, 2]) {
        world.createGroup({ groupId: groupId(n), type: types[0] ?? '', name: `group ${n}` })
        for (let m = 0; m < 12; m++) world.join(groupId(n), `u${m}`, { role: m === 0 ? 'Owner' : 'Member' })
      }
      return { ...app(world), name: vendor } as SimApp
    })
    await using sim = await startSimulator({ apps: worlds })
    const { url, pool } = await cloneDatabase()
    await using redis = backend === 'Redis' ? await startRedis() : null
    const redisUrl = redis === null ? null : `redis://127.0.0.1:${redis.port}`
    const sent: string[] = []
    const client = redisUrl === null ? null : new Redis(redisUrl)
    const monitor = await client?.monitor()
    monitor?.on('monitor', (_time: string, args: string[]) => void sent.push(args.join(' ')))
    using at = home({
      DATABASE_URL: url,
      HTTP_PORT: '0',
      HTTP_TOKEN: TOKEN,
      LOG_LEVEL: 'trace',
      ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    })
    const sources = VENDORS.map((vendor) => {
      const {
        vendor: _,
        groupTypes: __,
        ...keys
      } = DIALECTS[vendor].config(sim.url) as unknown as Record<string, unknown>
      const lines = Object.entries({ ...keys, timeoutMs: 500 }).map(
        ([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`,
      )
      const discover = vendor === 'yunxin' ? '{ accounts: [u0] }' : '{ allGroups: true }'
      return `  - name: ${vendor}\n    vendor: ${vendor}\n    discover: ${discover}\n${lines.join('')}`
    })
    at.write('rollcall.yaml', `sources:\n${sources.join('')}`)
    for (const name of TRANSPORT) sim.addFault({ name, rate: 0.03 })
    sim.addFault({ name: '70003', times: 1 })
    sim.addFault({ name: '414', times: 1 })
    sim.addFault({ name: 'unauthorized', times: 1 })

    const up = at.start('up')
    const page = /http:\/\/127\.0\.0\.1:\d+/.exec(await up.said(/http:\/\/127\.0\.0\.1:\d+/))?.[0] ?? ''
    const said: string[] = []
    for (const vendor of VENDORS) {
      const { out, err } = await at.run('resync', '--source', vendor, '--all', '--wait', '--json')
      said.push(out, err)
    }
    sim.clearFaults()
    for (const verb of [['doctor'], ['status', '--json'], ['sync', '--json'], ['schedule', 'list'], ['held', 'list']]) {
      const { out, err } = await at.run(...verb)
      said.push(out, err)
    }
    const paths = ['/metrics', '/api/changes', '/api/groups', '/readyz', '/livez', '/', '/api/held', '/openapi.json']
    for (const path of paths)
      for (const headers of [{}, { authorization: `Bearer ${TOKEN}` }, { authorization: 'Bearer wrong' }]) {
        const answer = await fetch(`${page}${path}`, { headers: headers as Record<string, string> })
        said.push(await answer.text(), JSON.stringify([...answer.headers]))
      }
    up.kill('SIGTERM')
    const ended = await up.ended
    said.push(ended.out, ended.err)
    const { rows } = await pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    for (const { name } of rows) {
      const { rows: all } = await pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
      said.push(...all.map(({ text }) => text))
    }
    for (const entry of readdirSync(at.dir, { recursive: true, encoding: 'utf8' })) {
      const file = join(at.dir, entry)
      if (entry !== 'rollcall.yaml' && statSync(file).isFile()) said.push(readFileSync(file, 'latin1'))
    }
    monitor?.disconnect()
    client?.disconnect()

    const made = madeOfSecrets(sim.seen)
    expect(made.length).toBeGreaterThan(5)
    expect(sent.length > 100).toBe(backend === 'Redis')
    expect((await pool.query('SELECT FROM rollcall.current_members')).rowCount).toBe(3 * 36)
    const secrets = [...VENDORS.flatMap((vendor) => DIALECTS[vendor].secrets), TOKEN, new URL(url).password, ...made]
    expect(leaked([...said, ...sent].join('\n'), secrets)).toEqual([])
  },
  300_000,
)
