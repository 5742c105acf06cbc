import { openDatabase } from '../src/index.ts'

/**
 * A separate process for tests: `start-and-report.ts <folder> stop|die`. Opens the embedded database, prints the user it runs
 * as and the number of tables, then stops it gracefully or is killed.
 */
const [folder = '', ending] = process.argv.slice(2)
const database = await openDatabase({ embedded: { folder } })
const { rowCount } = await database.pool.query("select from pg_tables where schemaname = 'public'")
process.stdout.write(JSON.stringify({ uid: process.getuid?.(), tables: rowCount }))
if (ending === 'die') process.kill(process.pid, 'SIGKILL')
await database.close()
