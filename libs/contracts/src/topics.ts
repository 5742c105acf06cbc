import type { Event, EventType } from './event.ts'

/** What a topic's records are keyed and partitioned by. */
export type TopicKey = 'instrument' | 'account' | 'source' | 'stage' | 'switch' | 'run'

/** A topic: what it holds, never who reads it. The version is part of the name. */
export interface Topic {
  readonly name: string
  readonly holds: readonly EventType[]
  readonly keyedBy: TopicKey
  /**
   * A record holds a batch of events of one key, and a deployment may spread the keys over several partitions; else a record
   * holds one event, and there is one partition: all read the topic in one order.
   */
  readonly batched: boolean
  /** Only the newest record of a key is kept. */
  readonly compacted: boolean
  /** How long records are kept; nothing for compacted topics, which keep the newest of each key for good. */
  readonly retentionHours?: number
}

const HOURS_A_WEEK = 168

/** Every topic of Triplane. */
export const topics = {
  trades: {
    name: 'market.trades.v1',
    holds: ['trade'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  quotes: {
    name: 'market.quotes.v1',
    holds: ['quote'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: 24,
  },
  books: {
    name: 'market.books.v1',
    holds: ['bookDelta', 'bookSnapshot'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: 24,
  },
  bars: {
    name: 'market.bars.v1',
    holds: ['bar'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  ofi: {
    name: 'market.ofi.v1',
    holds: ['ofi'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: 24,
  },
  marks: {
    name: 'market.marks.v1',
    holds: ['mark'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: 24,
  },
  status: {
    name: 'market.status.v1',
    holds: ['marketStatus'],
    keyedBy: 'instrument',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  deadLetters: {
    name: 'market.dlq.v1',
    holds: ['deadLetter'],
    keyedBy: 'source',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  signals: {
    name: 'strategy.signals.v1',
    holds: ['signal'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  targets: {
    name: 'strategy.targets.v1',
    holds: ['targetPortfolio'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  intents: {
    name: 'strategy.intents.v1',
    holds: ['orderIntent', 'cancelIntent'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  portfolio: {
    name: 'strategy.portfolio.v1',
    holds: ['portfolioState'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  regime: {
    name: 'strategy.regime.v1',
    holds: ['regimeChange'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  orders: {
    name: 'execution.orders.v1',
    holds: ['orderEvent'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  fills: {
    name: 'execution.fills.v1',
    holds: ['fill'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  killSwitch: {
    name: 'control.kill-switch.v1',
    holds: ['killSwitch'],
    keyedBy: 'switch',
    batched: false,
    compacted: true,
  },
  commands: {
    name: 'control.commands.v1',
    holds: ['operatorCommand', 'tradingCondition'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  /** The newest record names the current run. */
  runs: { name: 'control.runs.v1', holds: ['run'], keyedBy: 'run', batched: false, compacted: true },
  /** The newest link of the chain of audit rows. */
  audit: {
    name: 'control.audit.v1',
    holds: ['auditLink'],
    keyedBy: 'account',
    batched: false,
    compacted: true,
  },
  heartbeats: {
    name: 'platform.heartbeats.v1',
    holds: ['heartbeat'],
    keyedBy: 'stage',
    batched: false,
    compacted: false,
    retentionHours: 1,
  },
} as const satisfies Record<string, Topic>

export type TopicName = (typeof topics)[keyof typeof topics]['name']

/** The topic that holds events of this type. */
export const topicOf = Object.fromEntries(
  Object.values(topics).flatMap((topic) => topic.holds.map((type) => [type, topic] as const)),
) as unknown as Readonly<Record<EventType, Topic & { readonly name: TopicName }>>

/** The topics of an event type's union: naming each of its types once is checked by `Record`. */
export function topicsOf(types: Readonly<Partial<Record<EventType, true>>>): readonly (typeof topicOf)[EventType][] {
  const named = Object.keys(types) as EventType[]
  return [...new Set(named.map((type) => topicOf[type]))]
}

/** The key of an event's record. `account` is the account of the run, which payloads do not carry. */
export function keyOf(event: Event, account: string): string {
  switch (event.type) {
    case 'trade':
    case 'quote':
    case 'bookDelta':
    case 'bookSnapshot':
    case 'bar':
    case 'ofi':
    case 'mark':
    case 'signal':
      return event.symbol
    case 'marketStatus':
      return event.symbol ?? event.source
    case 'deadLetter':
      return event.source
    case 'heartbeat':
      return event.stage
    case 'killSwitch':
      return `${account}/${event.switchType}`
    case 'targetPortfolio':
    case 'orderIntent':
    case 'cancelIntent':
    case 'portfolioState':
    case 'regimeChange':
    case 'orderEvent':
    case 'fill':
    case 'operatorCommand':
    case 'tradingCondition':
    case 'auditLink':
      return account
    case 'run':
      return event.runId
  }
}
