import { encodeLine, topics, type Event, type Topic } from '@triplane/contracts'
import { InvalidArgumentError } from 'commander'
import type { ReadRecord } from '../servers/topic-reader.ts'
import { askPlane } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { planeUrls } from '../planes/plane-urls.ts'
import { formatTable } from '../table.ts'
import { jsonOption, parseTime, show, tokenFileOption, wholeNumber, type CommandLine } from './command-line.ts'

/** A field of an event and its expected value. */
interface Condition {
  readonly field: string
  readonly value: string
}

interface SkipFlags {
  readonly why: string
  readonly tokenFile?: string
  readonly json?: boolean
}

interface Flags {
  readonly since?: number
  readonly where: readonly Condition[]
  readonly raw?: boolean
}

const all: readonly Topic[] = Object.values(topics)

/** `topic read`: prints a topic in readable form, whatever its wire format. `topic skip`: goes on without a record. */
export function addTopicCommands(line: CommandLine): void {
  const topic = line.program.command('topic').description('the topics of Kafka')
  topic
    .command('read')
    .argument('<topic>', 'its name: market.events.v2', parseTopic)
    .description('the events that a topic holds, each one line of JSON, oldest first within a partition')
    .option('--since <time>', 'of records that were sent at this time or later', parseTime)
    .option(
      '--where <field=value>',
      'events with this value only; several all hold: --where type=quote --where instrument=BTC/USDT@sim',
      (text: string, before: readonly Condition[]) => [...before, parseCondition(text)],
      [],
    )
    .option('--raw', 'whole records instead, as they lie there: one a line, in hex')
    .action(async (topic: Topic, { since = 0, where, raw }: Flags) => {
      const { edges } = line
      const reader = await edges.openTopicReader(edges.environment)
      let unreadable = 0
      try {
        await reader.read(topic, (record) => {
          if (record.tsSentUs < since) return
          if (raw) return edges.out.write(`${record.bytes.toString('hex')}\n`)
          if (!record.events.ok) {
            unreadable++
            return edges.err.write(refusalText(record, record.events.error))
          }
          for (const event of record.events.value) if (fits(event, where)) edges.out.write(`${encodeLine(event)}\n`)
        })
      } finally {
        await reader.close()
      }
      if (unreadable > 0) line.fail(`Expected records that can be read, was ${unreadable} others`)
    })
  topic
    .command('skip')
    .argument('<topic>', 'its name: strategy.intents.v2', parseTopic)
    .argument('<partition>', 'of the record', wholeNumber(0, 1_000_000))
    .argument('<offset>', 'of the record', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .description(
      'go on without a record that suspends the planes which read it, once it is audited; then: triplane resume',
    )
    .requiredOption('--why <text>', 'the reason, for the audit')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((topic: Topic, partition: number, offset: number, flags: SkipFlags) =>
      skipRecord(line, topic, { topic: topic.name, partition, offset, why: flags.why }, flags),
    )
}

/** Asks the order planes first, which audit it, then the other planes that read the topic. */
async function skipRecord(line: CommandLine, topic: Topic, body: object, flags: SkipFlags): Promise<void> {
  const { environment } = line.edges
  const token = operatorToken(environment, flags.tokenFile)
  const ask = (url: string) => askPlane(url, '/control/skip', { method: 'POST', token, body })
  const answers = await Promise.all(planeUrls(environment, 'order').map(ask))
  const isAudited = answers.every((answer) => answer.answered && answer.body?.['accepted'] === true)
  if (isAudited && topic.readers.includes('strategy-plane'))
    answers.push(...(await Promise.all(planeUrls(environment, 'strategy').map(ask))))
  const planes = answers.map((answer) => ({
    url: answer.url,
    ...(answer.answered ? answer.body : { error: answer.error }),
  }))
  const rows = answers.map((answer) => [answer.url, answer.answered && answer.body?.['accepted'] === true])
  show(line, flags.json, { planes }, () => formatTable(['plane', 'skipped'], rows, ''))
  for (const answer of answers) {
    const reason = answer.answered ? (answer.body?.['reason'] ?? `HTTP ${answer.status}`) : answer.error
    if (!answer.answered || answer.body?.['accepted'] !== true)
      line.fail(`Expected ${answer.url} to skip the record, was refused: ${String(reason)}`)
  }
}

function fits(event: Event, where: readonly Condition[]): boolean {
  const fields = event as unknown as Readonly<Record<string, unknown>>
  return where.every(({ field, value }) => Object.hasOwn(fields, field) && String(fields[field]) === value)
}

function refusalText({ partition, offset }: ReadRecord, { code, detail }: { code: string; detail: string }): string {
  return `triplane: partition ${partition}, offset ${offset}: ${code}: ${detail}\n`
}

function parseTopic(text: string): Topic {
  const topic = all.find(({ name }) => name === text)
  if (topic) return topic
  throw new InvalidArgumentError(`Expected one of ${all.map(({ name }) => name).join(', ')}.`)
}

function parseCondition(text: string): Condition {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected field=value.')
  return { field: text.slice(0, at), value: text.slice(at + 1) }
}
