import { existsSync } from 'node:fs'
import type { CopyReport, TableCopy } from '@triplane/storage'
import { auditKey } from '../audit-key.ts'
import { CliError } from '../cli-error.ts'
import type { OpenedStorage } from '../edges.ts'
import { createProgressBar } from '../progress-bar.ts'
import { databaseUrl } from '../servers/settings.ts'
import { formatTable } from '../table.ts'
import { jsonOption, show, type CommandLine } from './command-line.ts'

const EMBEDDED_FOLDER = 'var/postgres'

interface Flags {
  readonly from: string
  readonly to?: string
  readonly json?: boolean
}

/** `storage copy`: copies everything from one database to another; can be interrupted and started again. */
export function addStorageCommands(line: CommandLine): void {
  const storage = line.program.command('storage').description('history, orders, runs and audit in Postgres')
  storage
    .command('copy')
    .description('copy the embedded database to a server; what is there already stays')
    .option('--from <folder or URL>', 'folder of the embedded database, or a server', EMBEDDED_FOLDER)
    .option('--to <URL>', 'the server; default: DATABASE_URL')
    .addOption(jsonOption())
    .action((flags: Flags) => copy(line, flags))
}

async function copy(line: CommandLine, { from, to, json }: Flags): Promise<void> {
  const { edges } = line
  const key = auditKey(edges.environment)
  const target = { url: to ?? databaseUrl(edges.environment) }
  const bar = createProgressBar(edges.err)
  const broken = new AbortController()
  const stopListening = edges.onInterrupt(() => broken.abort())
  const opened: OpenedStorage[] = []
  try {
    for (const where of [sourceOf(from), target]) opened.push(await edges.openStorage(where))
    const [source, destination] = opened as [OpenedStorage, OpenedStorage]
    const report = await edges.copyStorage({
      from: source.pool,
      to: destination.pool,
      signal: broken.signal,
      ...(key && { auditKey: key }),
      onProgress: ({ table, tableNumber, tables, rows, totalRows }) =>
        bar.show(`${table} (${tableNumber} of ${tables})`, rows, totalRows),
    })
    bar.clear()
    show(line, json, report, () => textOf(report))
    if (!report.isComplete) line.fail('The copy is incomplete: see above')
  } catch (error) {
    bar.clear()
    if (!broken.signal.aborted) throw error
    throw new CliError('Interrupted. The next copy continues from here.')
  } finally {
    stopListening()
    for (const storage of opened.reverse()) await storage.close()
  }
}

/** A missing folder is a mistake, not a request for an empty database. */
function sourceOf(from: string): { readonly url: string } | { readonly folder: string } {
  if (/^postgres(ql)?:\/\//.test(from)) return { url: from }
  if (!existsSync(from)) throw new CliError(`Expected an embedded database in ${from}, found none. See --from`, 2)
  return { folder: from }
}

function textOf({ tables, audit, isComplete }: CopyReport): string {
  const rows = tables.map((table) => [table.table, table.sourceRows, table.newRows, stateOf(table)])
  const chain = audit && (audit.isIntact ? `intact, ${audit.rows} rows` : 'NOT intact: see triplane audit verify')
  return [
    formatTable(['table', 'rows', 'copied now', ''], rows, ''),
    chain === undefined ? '' : `The audit at the target is ${chain}.\n`,
    isComplete ? 'Everything is there.\n' : 'The copy is incomplete.\n',
  ].join('')
}

function stateOf({ isEqual, refused }: TableCopy): string {
  if (refused !== undefined) return `refused: ${refused}`
  return isEqual ? 'all there' : 'NOT all there'
}
