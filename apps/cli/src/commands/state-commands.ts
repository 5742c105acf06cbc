import { readFile, rename, writeFile } from 'node:fs/promises'
import { openingOf, readOwned, sealOwned, type OwnedDocument } from '@triplane/control'
import { CliError, messageOf } from '../cli-error.ts'
import { askPlane } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { differencesOf, readOwnedViews, readView, untilOwnedAlike } from '../planes/owned-views.ts'
import { onlyPlane } from '../planes/plane-urls.ts'
import { formatTable } from '../table.ts'
import { jsonOption, show, tokenFileOption, type CommandLine } from './command-line.ts'

interface ExportFlags {
  readonly out?: string
  readonly json?: boolean
}

interface ImportFlags {
  readonly why: string
  readonly tokenFile?: string
  readonly json?: boolean
}

/** `state export` and `state import`: moves what the account owns from one version and run to another. */
export function addStateCommands(line: CommandLine): void {
  const state = line.program.command('state').description('what the account owns, for a new version or run')
  state
    .command('export')
    .description('write what the account of a halted run owns: positions by strategy, cash, results, latched switches')
    .option('--out <file>', 'default: owned-<run>.json')
    .addOption(jsonOption())
    .action((flags: ExportFlags) => exportState(line, flags))
  state
    .command('import')
    .description('open the account of a new, flat, halted run with what it owned, once it is audited')
    .argument('<file>', 'what state export wrote')
    .requiredOption('--why <text>', 'the reason, for the audit')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((file: string, flags: ImportFlags) => importState(line, file, flags))
}

async function exportState(line: CommandLine, { out, json }: ExportFlags): Promise<void> {
  const { environment } = line.edges
  const { runId, account } = await readView(environment, 'order', 'run')
  if (typeof runId !== 'string' || typeof account !== 'string')
    throw new CliError('Expected a run under way on the order plane, was none')
  const views = await readOwnedViews(environment)
  const { tradingState, openOrders, marketUs, switches, order, strategy } = views
  if (tradingState !== 'halted')
    throw new CliError(`Expected trading to be halted, was ${tradingState}. First: triplane halt --why TEXT`)
  if (openOrders > 0) throw new CliError(`Expected no open orders, was ${openOrders}: wait until they are cancelled`)
  const differences = differencesOf(views)
  if (differences.length > 0)
    throw new CliError(`Expected the ledgers of both planes to agree, was: ${differences.join('; ')}`)

  // The strategy plane judges drawdowns.
  const { peakUsd, maxDrawdownRatio, strategies } = strategy
  const owned = { ...order, peakUsd, maxDrawdownRatio, strategies }
  const document = sealOwned({ account, runId, marketUs, owned, switches })
  const file = out ?? `owned-${runId}.json`
  try {
    await writeFile(`${file}.part`, `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600, flush: true })
    await rename(`${file}.part`, file)
  } catch (error) {
    throw new CliError(`Cannot write ${file}: ${messageOf(error)}`)
  }
  show(line, json, { file, document }, () => `${tableOf(document)}\nWritten to ${file}.\n`)
}

async function importState(line: CommandLine, file: string, { why, tokenFile, json }: ImportFlags): Promise<void> {
  const { environment } = line.edges
  const token = operatorToken(environment, tokenFile)
  const document = await readDocument(file)
  const url = onlyPlane(environment, 'order')
  const answer = await askPlane(url, '/control/open', { method: 'POST', token, body: { document, why } })
  if (!answer.answered) throw new CliError(`Expected the order plane at ${url} to answer, was: ${answer.error}`)
  if (answer.body?.['accepted'] !== true)
    throw new CliError(
      `Expected ${url} to open the account, was refused: ${String(answer.body?.['reason'] ?? `HTTP ${answer.status}`)}`,
    )
  const differences = await untilOwnedAlike(line.edges)
  if (differences.length > 0)
    throw new CliError(
      `The order plane has opened its account, the strategy plane not yet: ${differences.join('; ')}. ` +
        'Do not resume. The same import may be given again: it is done once.',
    )
  show(line, json, { file, ...answer.body, opening: openingOf(document) }, () => {
    return `${tableOf(document)}\nBoth planes own it. Trading stays halted: triplane resume --why TEXT\n`
  })
}

async function readDocument(file: string): Promise<OwnedDocument> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`Cannot read ${file}: ${messageOf(error)}`, 2)
  })
  const read = readOwned(parse(text))
  if (!read.ok) throw new CliError(`Cannot import ${file}: ${read.error}`, 2)
  return read.value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function tableOf({ account, runId, owned, switches }: OwnedDocument): string {
  const rows = owned.positions.flatMap(({ instrument, parts }) =>
    parts.map(({ strategy, quantity, costBasis, realized }) => [instrument, strategy, quantity, costBasis, realized]),
  )
  const latched = switches.length > 0 ? `; kill switches still active: ${switches.join(', ')}` : ''
  return [
    `account ${account} of run ${runId}, begun with ${owned.startingCashUsd} USD${latched}\n\n`,
    formatTable(['instrument', 'strategy', 'quantity', 'cost basis', 'realised'], rows, 'It holds nothing.'),
  ].join('')
}
