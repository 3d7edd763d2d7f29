// A second program that uses the embedded PostgreSQL of a folder: prints the URL, then ends in order when stdin closes.
import { startEmbedded } from '../../src/store/embedded.ts'

const [, , dataDir = ''] = process.argv
try {
  const server = await startEmbedded({ dataDir, graceMs: 500, settings: { fsync: 'off' } })
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  process.stdin.resume()
  await new Promise((resolve) => process.stdin.once('end', resolve))
  await server[Symbol.asyncDispose]()
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })}\n`,
  )
}
