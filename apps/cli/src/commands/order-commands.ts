import type { Tuning } from '@triplane/control'
import type { OperatorCommandCode } from '@triplane/contracts'
import { askPlane, type PlaneAnswer } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { planeUrls } from '../planes/plane-urls.ts'
import { asCell, formatTable } from '../table.ts'
import { parseTuning, uncheckedNotice } from './parse-tuning.ts'
import { jsonOption, show, tokenFileOption, type CommandLine } from './command-line.ts'

const descriptions = {
  halt: 'stop trading: cancel all orders, keep positions; acts at once, whatever else is down',
  reduce: 'only reduce positions; acts at once, but audited first where it loosens a halt',
  resume: 'undo halt and reduce, once it is audited',
  rearm: 're-arm the tripped kill switches, once it is audited',
} as const satisfies Partial<Record<OperatorCommandCode, string>>
type OrderCommand = keyof typeof descriptions
const commands = Object.keys(descriptions) as OrderCommand[]

const TUNE = 'change parameters of a running strategy, once it is audited; GET /status/strategies shows those in force'

interface Flags {
  readonly why: string
  readonly tokenFile?: string
  readonly json?: boolean
}

/**
 * `halt`, `reduce`, `resume`, `rearm`, `tune`: sent to every order plane at once. Fails when one did not obey, and names it.
 */
export function addOrderCommands(line: CommandLine): void {
  for (const command of commands) {
    line.program
      .command(command)
      .description(descriptions[command])
      .requiredOption('--why <text>', 'the reason, for the audit')
      .addOption(tokenFileOption())
      .addOption(jsonOption())
      .action((flags: Flags) => giveOrder(line, command, flags))
  }
  line.program
    .command('tune')
    .description(TUNE)
    .argument('<strategy>', 'its name, such as OFI')
    .argument('<name=value...>', 'its parameters that change: numbers, true, false, texts')
    .requiredOption('--why <text>', 'the reason, for the audit')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((strategy: string, assignments: readonly string[], flags: Flags) =>
      giveOrder(line, 'tune', flags, parseTuning(strategy, assignments)),
    )
}

async function giveOrder(
  line: CommandLine,
  command: OrderCommand | 'tune',
  flags: Flags,
  tuning?: Tuning,
): Promise<void> {
  const { environment } = line.edges
  const notice = tuning && uncheckedNotice(tuning)
  if (notice) line.edges.err.write(`triplane: ${notice}\n`)
  const token = operatorToken(environment, flags.tokenFile)
  const urls = planeUrls(environment, 'order')
  const question = { method: 'POST', token, body: { ...tuning, why: flags.why } } as const
  const answers = await Promise.all(urls.map((url) => askPlane(url, `/control/${command}`, question)))

  const planes = answers.map(planeOf)
  show(line, flags.json, { command, planes }, () => tableOf(answers))
  const silent = answers.filter(({ answered }) => !answered).map(({ url }) => url)
  if (silent.length > 0) line.fail(`Expected every order plane to answer, was silence from ${silent.join(', ')}`)
  const refusing = answers.filter((answer) => answer.answered && answer.body?.['accepted'] !== true)
  for (const answer of refusing) line.fail(`Expected ${answer.url} to ${command}, was refused: ${reasonOf(answer)}`)
  for (const answer of answers)
    if (isForgetful(answer, command)) line.fail(`Expected ${answer.url} to keep the order, was: ${reasonOf(answer)}`)
}

function planeOf(answer: PlaneAnswer): Readonly<Record<string, unknown>> {
  const { url, answered } = answer
  if (!answered) return { url, answered, accepted: false, error: answer.error }
  return { url, answered, status: answer.status, accepted: false, ...answer.body }
}

function tableOf(answers: readonly PlaneAnswer[]): string {
  const heads = ['order plane', 'accepted', 'trading state', 'kept', 'audited', 'as']
  const rows = answers.map((answer) => {
    const said = answer.answered ? answer.body : undefined
    const fields = ['tradingState', 'persisted', 'audited', 'who'].map((name) => asCell(said?.[name]))
    return [answer.url, answer.answered ? said?.['accepted'] === true : 'no answer', ...fields]
  })
  return formatTable(heads, rows, '')
}

function reasonOf(answer: PlaneAnswer): string {
  if (!answer.answered) return answer.error
  const reason = answer.body?.['reason']
  return typeof reason === 'string' ? reason : `HTTP ${answer.status}`
}

/** The order is in force, but would not survive a restart. */
function isForgetful(answer: PlaneAnswer, command: OrderCommand | 'tune'): boolean {
  if (!answer.answered || command === 'rearm' || command === 'tune') return false
  return answer.body?.['accepted'] === true && answer.body['persisted'] === false
}
