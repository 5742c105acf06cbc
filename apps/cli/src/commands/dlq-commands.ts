import { isCutText, topics } from '@triplane/contracts'
import type { DeadLetterId, DeadLetterSummary, StoredDeadLetter } from '@triplane/storage'
import { InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import { askPlane, type PlaneAnswer } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { planeUrls } from '../planes/plane-urls.ts'
import type { DeadLetters } from '../servers/dead-letters.ts'
import { cellText, formatTable, timeText } from '../table.ts'
import { jsonOption, show, tokenFileOption, wholeNumber, type CommandLine } from './command-line.ts'

const MAX_SHOWN_BYTES = 4000

interface Flags {
  readonly json?: boolean
}

interface RedriveFlags extends Flags {
  readonly why: string
  readonly tokenFile?: string
}

/** `dlq list`, `dlq show`, `dlq redrive`: refused records, with their bytes; and giving them to the planes once more. */
export function addDlqCommands(line: CommandLine): void {
  const dlq = line.program.command('dlq').description('dead letters: frames and records that were refused')
  dlq
    .command('list')
    .description('the newest dead letters')
    .option('--limit <count>', 'how many', wholeNumber(1, 10_000), 20)
    .option('--run <run>', 'of this run only')
    .addOption(jsonOption())
    .action((flags: Flags & { readonly limit: number; readonly run?: string }) =>
      withLetters(line, async (letters) => {
        const found = await letters.list({ limit: flags.limit, ...(flags.run !== undefined && { runId: flags.run }) })
        const named = found.map((letter) => ({ id: idText(letter), ...letter }))
        const rows = named.map((letter) => [
          letter.id,
          timeText(letter.tsRecvUs),
          letter.source,
          letter.instrument,
          letter.stage,
          letter.reason,
          letter.rawBytes,
          isRedrivable(letter),
        ])
        const heads = ['dead letter', 'received', 'source', 'instrument', 'stage', 'reason', 'bytes', 'can be redriven']
        show(line, flags.json, { deadLetters: named }, () => formatTable(heads, rows, 'There is no dead letter.'))
      }),
    )
  dlq
    .command('show')
    .argument('<dead-letter>', 'as `dlq list` names it: run/producer/sequence', parseId)
    .description('one dead letter with its bytes')
    .option('--raw', 'nothing but the bytes, as they are')
    .addOption(jsonOption())
    .action((id: DeadLetterId, flags: Flags & { readonly raw?: boolean }) =>
      withLetters(line, async (letters) => {
        const letter = await mustRead(letters, id)
        if (flags.raw) return line.edges.out.write(letter.raw)
        const shown = { id: idText(letter), ...letter, raw: letter.raw.toString('latin1') }
        show(line, flags.json, shown, () => letterText(letter))
      }),
    )
  dlq
    .command('redrive')
    .argument('<dead-letter...>', 'as `dlq list` names them', (text: string, before: readonly DeadLetterId[] = []) => [
      ...before,
      parseId(text),
    ])
    .description('give refused market records once more to the planes that read them, of an account that is halted')
    .option('--why <text>', 'the reason, for the audit', 'dlq redrive')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((ids: readonly DeadLetterId[], flags: RedriveFlags) =>
      withLetters(line, async (letters) => {
        const records: object[] = []
        for (const id of ids) records.push(recordOf(await mustRead(letters, id)))
        const told = await redriveAll(line, records, ids, flags)
        const redriven = told.map(({ id, url, answer }) => ({ id, url, ...saidBy(answer) }))
        const rows = redriven.map(({ id, url, accepted, events }) => [id, url, accepted, events])
        show(line, flags.json, { redriven }, () =>
          formatTable(['dead letter', 'plane', 'accepted', 'events'], rows, ''),
        )
        for (const { id, url, accepted, reason } of redriven)
          if (!accepted) line.fail(`Expected ${url} to take ${id}, was: ${reason}`)
      }),
    )
}

interface Told {
  readonly id: string
  readonly url: string
  readonly answer: PlaneAnswer
}

/**
 * Asks the order planes, which audit it, then the strategy planes; ends at the first record that a plane does not take. What
 * was taken is known again, so the command may be repeated.
 */
async function redriveAll(
  { edges: { environment } }: CommandLine,
  records: readonly object[],
  ids: readonly DeadLetterId[],
  { why, tokenFile }: RedriveFlags,
): Promise<readonly Told[]> {
  const token = operatorToken(environment, tokenFile)
  const urls = [...planeUrls(environment, 'order'), ...planeUrls(environment, 'strategy')]
  const told: Told[] = []
  for (const [i, record] of records.entries())
    for (const url of urls) {
      const answer = await askPlane(url, '/control/redrive', { method: 'POST', token, body: { record, why } })
      told.push({ id: idText(ids[i] as DeadLetterId), url, answer })
      if (!saidBy(answer).accepted) return told
    }
  return told
}

function saidBy(answer: PlaneAnswer) {
  if (!answer.answered) return { accepted: false, reason: answer.error }
  const { accepted, events, reason = `HTTP ${answer.status}` } = (answer.body ?? {}) as RedriveAnswer
  return accepted === true ? { accepted, events } : { accepted: false, reason }
}

interface RedriveAnswer {
  readonly accepted?: boolean
  readonly events?: number
  readonly reason?: string
}

async function withLetters(line: CommandLine, act: (letters: DeadLetters) => Promise<void>): Promise<void> {
  const letters = line.edges.openDeadLetters(line.edges.environment)
  try {
    await act(letters)
  } finally {
    await letters.close()
  }
}

async function mustRead(letters: DeadLetters, id: DeadLetterId): Promise<StoredDeadLetter> {
  const letter = await letters.read(id)
  if (letter === undefined)
    throw new CliError(`Expected a dead letter ${idText(id)}, found none. Try: triplane dlq list`)
  return letter
}

/** The refused record as a plane takes it. Refuses what never was on the bus, was cut, or is no market record. */
function recordOf(letter: StoredDeadLetter): object {
  const { origin, source, raw, rawBytes, runId } = letter
  const expected = (what: string, was: string) =>
    new CliError(`Expected ${what}, was ${was}: ${idText(letter)} cannot be redriven${placeText(letter)}`)
  if (origin === undefined) throw expected('a record of the bus', `a frame of ${source}, which never was on a topic`)
  const { topic, partition, offset, key } = origin
  if (topic !== topics.market.name) throw expected(`a record of ${topics.market.name}`, `of ${topic}`)
  if (raw.length < rawBytes) throw expected('a record that was kept whole', `${raw.length} bytes of ${rawBytes}`)
  if (isCutText(key)) throw expected('a record whose key was kept whole', 'cut')
  return { topic, partition, offset, key, runId, producer: source, bytes: rawBytes, raw: raw.toString('base64') }
}

function placeText({ origin }: StoredDeadLetter): string {
  return origin ? `; it lies at ${origin.topic}, partition ${origin.partition}, offset ${origin.offset}` : ''
}

function idText({ runId, producer, seq }: DeadLetterId): string {
  return `${runId}/${producer}/${seq}`
}

function parseId(text: string): DeadLetterId {
  const [, runId = '', producer = '', seq = ''] = /^([^/]+)\/(.+)\/(\d{1,15})$/.exec(text) ?? []
  if (runId === '') throw new InvalidArgumentError('Expected run/producer/sequence, as `triplane dlq list` names it.')
  return { runId, producer, seq: Number(seq) }
}

/** Whether it was a record of the market that is kept as it came. */
function isRedrivable({ origin, rawSha256 }: DeadLetterSummary): boolean {
  return origin?.topic === topics.market.name && rawSha256 === undefined && !isCutText(origin.key)
}

function bytesText({ raw, rawBytes, rawSha256 = 'unknown' }: StoredDeadLetter): string {
  if (raw.length >= rawBytes) return String(raw.length)
  return `${rawBytes}, cut: the first ${raw.length} are kept; SHA-256 of all: ${rawSha256}`
}

function letterText(letter: StoredDeadLetter): string {
  const { origin, raw } = letter
  const where = origin && `${origin.topic}, partition ${origin.partition}, offset ${origin.offset}, key ${origin.key}`
  const fields = [
    ['dead letter', idText(letter)],
    ['received', timeText(letter.tsRecvUs)],
    ['source', letter.source],
    ['venue', letter.venue],
    ['instrument', letter.instrument],
    ['stage', letter.stage],
    ['reason', letter.reason],
    ['what', letter.eventType],
    ['detail', letter.detail],
    ['lies at', where],
    ['bytes', bytesText(letter)],
  ] as const
  const lines = fields.map(([name, value]) => `${name.padEnd(12)} ${cellText(value)}`)
  const more = raw.length > MAX_SHOWN_BYTES ? `\n... ${raw.length - MAX_SHOWN_BYTES} bytes more, see --raw` : ''
  return `${lines.join('\n')}\n\n${cellText(raw.toString('latin1', 0, MAX_SHOWN_BYTES))}${more}\n`
}
