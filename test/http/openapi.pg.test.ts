import { Validator } from '@seriousme/openapi-schema-validator'
import { type Document, OpenAPIClientAxios } from 'openapi-client-axios'
import { expect, it } from 'vitest'
import { emptyApi, history, serve, TOKEN } from './rig.ts'

interface Page {
  readonly changes: readonly { readonly about: string; readonly id: string }[]
  readonly next: string | null
}
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>
}

it('the document is valid OpenAPI, and every operation has a name of its own', async () => {
  await using api = await emptyApi()
  const document = await api.json<Described>('/api/openapi.json')
  const result = await new Validator().validate({ ...structuredClone(document) })
  expect(result).toMatchObject({ valid: true })
  const names = Object.values(document.paths).flatMap((verbs) =>
    Object.values(verbs).map(({ operationId }) => operationId),
  )
  expect(names.length).toBeGreaterThan(15)
  expect(names).not.toContain(undefined)
  expect(new Set(names).size).toBe(names.length)
})

it('a client generated from it reads all pages of changes, with the token', async () => {
  await using rig = await history()
  await using api = await serve(rig.pool, { token: TOKEN })
  const headers = { authorization: `Bearer ${TOKEN}` }
  const definition = (await (await api.ask('/api/openapi.json', { headers })).json()) as Document
  const generated = new OpenAPIClientAxios({ definition, axiosConfigDefaults: { baseURL: api.url, headers } })
  const client = await generated.init()
  const getChanges = client['getChanges']
  if (getChanges === undefined) throw new Error('the client has no getChanges')
  const read: string[] = []
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const where = cursor === '' ? {} : { cursor }
    const { data } = (await getChanges({ order: 'oldest', limit: 7, ...where })) as { data: Page }
    read.push(...data.changes.map(({ about, id }) => `${about} ${id}`))
    cursor = data.next
  }
  const { rows } = await rig.pool.query<{ key: string }>(
    `SELECT 'member ' || id AS key FROM rollcall.member_changes UNION ALL SELECT 'group ' || id FROM rollcall.group_changes`,
  )
  expect(pages).toBeGreaterThan(4)
  expect(read.toSorted()).toEqual(rows.map(({ key }) => key).toSorted())
})
