// Posts the questions to a Metabase: node deploy/metabase/load.mjs https://metabase.example.com API_KEY DATABASE_ID
import { readFileSync } from 'node:fs'

const [, , url, key, database] = process.argv
if (database === undefined) throw new Error('usage: load.mjs URL API_KEY DATABASE_ID')
const questions = JSON.parse(readFileSync(new URL('questions.json', import.meta.url), 'utf8'))
for (const { name, description, display, sql } of questions) {
  const names = [...new Set([...sql.matchAll(/\{\{(\w+)\}\}/g)].map(([, tag]) => tag))]
  const tags = names.map((tag) => [
    tag,
    {
      id: tag,
      name: tag,
      'display-name': tag,
      type: tag === 'since' || tag === 'until' ? 'date' : 'text',
      required: true,
    },
  ])
  const body = {
    name: `Rollcall: ${name}`,
    description,
    display: display === 'line' ? 'line' : 'table',
    visualization_settings: {},
    dataset_query: {
      type: 'native',
      database: Number(database),
      native: { query: sql, 'template-tags': Object.fromEntries(tags) },
    },
  }
  const answer = await fetch(new URL('/api/card', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
  process.stdout.write(`${name}\n`)
}
