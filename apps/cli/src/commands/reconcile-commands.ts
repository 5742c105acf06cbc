import { CliError } from '../cli-error.ts'
import { compareSources } from '../reconcile/compare.ts'
import { RunSources, type Look } from '../reconcile/run-sources.ts'
import type { Difference } from '../reconcile/sources.ts'
import { formatTable } from '../table.ts'
import { adoptLedger } from './adopt-ledger.ts'
import { jsonOption, show, tokenFileOption, wholeNumber, type CommandLine } from './command-line.ts'

/** Between two looks: longer than the database waits for a batch of rows. */
const LOOK_AGAIN_MS = 2000

interface Flags {
  readonly run?: string
  readonly within: number
  readonly json?: boolean
  readonly adopt?: boolean
  readonly why?: string
  readonly tokenFile?: string
}

/** `reconcile`: whether topics, database and both ledgers tell the same of a run; `--adopt` makes the ledgers one. */
export function addReconcileCommands(line: CommandLine): void {
  line.program
    .command('reconcile')
    .description('compare topics, database and both ledgers: orders, quantities, fills, positions, cash')
    .option('--run <run>', 'default: the current one; of another the topics and the database are compared')
    .option('--within <seconds>', 'how long what is on its way may take', wholeNumber(1, 3600), 30)
    .option('--adopt', 'give the strategy plane the ledger of the order plane, once it is audited')
    .option('--why <text>', 'the reason to adopt it, for the audit')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((flags: Flags) => (flags.adopt ? adopt(line, flags) : reconcile(line, flags)))
}

async function adopt(line: CommandLine, { why, tokenFile, json }: Flags): Promise<void> {
  if (why === undefined) throw new CliError('Expected --why TEXT beside --adopt, was none', 2)
  await adoptLedger(line, { why, ...(tokenFile && { tokenFile }), ...(json && { json }) })
}

async function reconcile(line: CommandLine, { run, within, json }: Flags): Promise<void> {
  const sources = await RunSources.open(line.edges, run)
  try {
    const { look, standing, passing } = await lookUntilEqual(line, sources, within)
    if (standing.length > 0 && (await sources.isDatabaseBehind()))
      throw new CliError(`Cannot compare the database: it is behind the order plane, with ${standing.length} rows`, 2)
    const { runId, notes } = sources
    const { leftOut } = look
    const compared = countsOf(look)
    const value = { runId, isEqual: standing.length === 0, compared, notCompared: notes, leftOut, passing }
    show(line, json, { ...value, differences: standing }, () => textOf(value, standing))
    if (standing.length > 0) line.fail(`Expected one truth about run ${runId}, was ${standing.length} differences`)
  } finally {
    await sources.close()
  }
}

interface Looked {
  readonly look: Look
  /** Differences that every look found. */
  readonly standing: readonly Difference[]
  /** How many the first look found that were gone later: on their way. */
  readonly passing: number
}

/** Looks until a difference that every look found no longer stands, at most `within` seconds; at least twice where there is one. */
async function lookUntilEqual({ edges }: CommandLine, sources: RunSources, within: number): Promise<Looked> {
  const endUs = edges.nowUs() + within * 1_000_000
  let look = await sources.look()
  let standing = compareSources(look.sources)
  const first = standing.length
  while (standing.length > 0) {
    const isLast = edges.nowUs() >= endUs
    await edges.wait(LOOK_AGAIN_MS)
    look = await sources.look()
    const now = new Map(compareSources(look.sources).map((difference) => [keyOf(difference), difference]))
    standing = standing.flatMap((difference) => now.get(keyOf(difference)) ?? [])
    if (isLast) break
  }
  return { look, standing, passing: first - standing.length }
}

const keyOf = ({ kind, id, what }: Difference) => `${kind} ${id} ${what}`

function countsOf({ sources: { topics, database, ledgers } }: Look) {
  return {
    ledgers: ledgers.length,
    ...(topics && { topics: { orders: topics.orders.rows.length, fills: topics.fills.rows.length } }),
    ...(database && { database: { orders: database.journal.length, fills: database.fills.length } }),
  }
}

interface Told {
  readonly runId: string
  readonly compared: ReturnType<typeof countsOf>
  readonly notCompared: readonly string[]
  readonly leftOut: Look['leftOut']
}

function textOf({ runId, compared, notCompared, leftOut }: Told, differences: readonly Difference[]): string {
  const { ledgers, topics, database } = compared
  const counted = (name: string, counts: { readonly orders: number; readonly fills: number } | undefined) =>
    counts === undefined ? [] : [`${name} with ${counts.orders} states of orders and ${counts.fills} fills`]
  const sides = [...counted('the topics', topics), ...counted('the database', database), `${ledgers} ledgers`]
  const rows = differences.map(({ kind, id, detail }) => [kind, id, detail])
  return [
    `Run ${runId}: compared ${sides.join(', ')}.\n`,
    ...notCompared.map((note) => `Not compared: ${note}.\n`),
    ...(leftOut ? leftOutText(leftOut) : []),
    formatTable(['kind', 'id', 'difference'], rows, 'All tell the same.'),
  ].join('')
}

function leftOutText({ repeated, foreign, refused, strangers }: NonNullable<Look['leftOut']>): string[] {
  const named = strangers.length > 0 ? ` (${strangers.join(', ')})` : ''
  const counts = `${repeated} repeated, ${foreign} not of the topic's owner, ${refused} refused`
  if (repeated + foreign + refused + strangers.length === 0) return []
  return [`Left out on the topics: ${counts}, ${strangers.length} fills of orders that never were${named}.\n`]
}
