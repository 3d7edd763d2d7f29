// Starts the PostgreSQL that a failed test run left behind and prints its URL: node --import tsx test/support/open.ts FOLDER
import { startEmbedded } from '../../src/store/embedded.ts'

const [, , dataDir] = process.argv
if (dataDir === undefined) throw new Error('which folder? The failed run printed it')
await using server = await startEmbedded({ dataDir })
process.stdout.write(`${server.url}\n(Ctrl-C ends it)\n`)
await new Promise((resolve) => process.once('SIGINT', resolve))
