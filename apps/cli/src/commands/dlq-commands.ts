import { isCutText, isWire, wire } from '@triplane/contracts'
import type { DeadLetterId, DeadLetterSummary, StoredDeadLetter } from '@triplane/storage'
import { InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { DeadLetters } from '../servers/dead-letters.ts'
import type { RawRecord } from '../servers/raw-producer.ts'
import { cellText, formatTable, timeText } from '../table.ts'
import { jsonOption, show, wholeNumber, type CommandLine } from './command-line.ts'

const MAX_SHOWN_BYTES = 4000

interface Flags {
  readonly json?: boolean
}

/** `dlq list`, `dlq show`, `dlq redrive`: refused records, with their bytes; and sending them again. */
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
    .description('send refused records of the bus again, as they were, to where they came from')
    .addOption(jsonOption())
    .action((ids: readonly DeadLetterId[], { json }: Flags) =>
      withLetters(line, async (letters) => {
        const records: RawRecord[] = []
        for (const id of ids) records.push(recordOf(await mustRead(letters, id), line.edges.nowUs()))
        const producer = await line.edges.openRawProducer(line.edges.environment)
        try {
          await producer.send(records)
        } finally {
          await producer.close()
        }
        const redriven = records.map(({ topic, partition, key }, i) => {
          return { id: idText(ids[i] as DeadLetterId), topic, partition, key }
        })
        const rows = redriven.map(({ id, topic, partition, key }) => [id, topic, partition, key])
        show(line, json, { redriven }, () => formatTable(['dead letter', 'topic', 'partition', 'key'], rows, ''))
      }),
    )
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

/**
 * The refused record, ready to be sent again. Its producer is `redrive` plus its position, so consumers, which drop what a
 * producer's mark has passed, process it once, however often it is sent and whatever was redriven before.
 */
function recordOf(letter: StoredDeadLetter, nowUs: number): RawRecord {
  const { origin, raw, runId } = letter
  if (origin === undefined)
    throw new CliError(
      `Expected a record of the bus, was a frame of ${letter.source}: ${idText(letter)} never was on a topic and cannot be redriven`,
    )
  if (raw.length < letter.rawBytes)
    throw new CliError(
      `Expected a record that was kept whole, was ${raw.length} bytes of ${letter.rawBytes}: ${idText(letter)} cannot be redriven; it lies at ${origin.topic}, partition ${origin.partition}, offset ${origin.offset}`,
    )
  const { topic, partition, offset, key } = origin
  if (isCutText(key))
    throw new CliError(
      `Expected a record whose key was kept whole, was cut: ${idText(letter)} cannot be redriven; it lies at ${topic}, partition ${partition}, offset ${offset}`,
    )
  const headers = {
    run: runId,
    producer: `redrive/${partition}/${offset}`,
    seq: String(firstSeq(raw)),
    ts: String(nowUs),
  }
  return { topic, partition, key, value: raw, headers }
}

/** The sequence of the record's first event; 0 when none can be read. */
function firstSeq(raw: Buffer): number {
  try {
    if (isWire(raw)) {
      const read = wire.decodeRecord(raw)
      return read.ok ? (read.value[0]?.seq ?? 0) : 0
    }
    const parsed = JSON.parse(raw.toString('utf8')) as unknown
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
    const seq = typeof first === 'object' && first !== null && 'seq' in first ? first.seq : undefined
    return Number.isSafeInteger(seq) && (seq as number) >= 0 ? (seq as number) : 0
  } catch {
    return 0
  }
}

function idText({ runId, producer, seq }: DeadLetterId): string {
  return `${runId}/${producer}/${seq}`
}

function parseId(text: string): DeadLetterId {
  const [, runId = '', producer = '', seq = ''] = /^([^/]+)\/(.+)\/(\d{1,15})$/.exec(text) ?? []
  if (runId === '') throw new InvalidArgumentError('Expected run/producer/sequence, as `triplane dlq list` names it.')
  return { runId, producer, seq: Number(seq) }
}

/** Whether it was a record of the bus that is kept as it came. */
function isRedrivable({ origin, rawSha256 }: DeadLetterSummary): boolean {
  return origin !== undefined && rawSha256 === undefined && !isCutText(origin.key)
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
