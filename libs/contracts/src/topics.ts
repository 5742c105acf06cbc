import type { Event, EventType } from './event.ts'

/** What a topic's records are keyed and partitioned by. */
export type TopicKey = 'instrument' | 'account' | 'source' | 'stage' | 'switch'

/** A topic: what it holds, never who reads it. The version is part of the name. */
export interface Topic {
  readonly name: string
  readonly holds: readonly EventType[]
  readonly keyedBy: TopicKey
  /** A record holds a batch of events of one key; else one event. */
  readonly batched: boolean
  /** Only the newest record of a key is kept. */
  readonly compacted: boolean
}

/** Every topic of Triplane. */
export const topics = {
  trades: { name: 'market.trades.v1', holds: ['trade'], keyedBy: 'instrument', batched: true, compacted: false },
  quotes: { name: 'market.quotes.v1', holds: ['quote'], keyedBy: 'instrument', batched: true, compacted: false },
  books: {
    name: 'market.books.v1',
    holds: ['bookDelta', 'bookSnapshot'],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
  },
  bars: { name: 'market.bars.v1', holds: ['bar'], keyedBy: 'instrument', batched: true, compacted: false },
  ofi: { name: 'market.ofi.v1', holds: ['ofi'], keyedBy: 'instrument', batched: true, compacted: false },
  status: {
    name: 'market.status.v1',
    holds: ['marketStatus'],
    keyedBy: 'instrument',
    batched: false,
    compacted: false,
  },
  deadLetters: { name: 'market.dlq.v1', holds: ['deadLetter'], keyedBy: 'source', batched: false, compacted: false },
  signals: { name: 'strategy.signals.v1', holds: ['signal'], keyedBy: 'instrument', batched: true, compacted: false },
  targets: {
    name: 'strategy.targets.v1',
    holds: ['targetPortfolio'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
  },
  intents: {
    name: 'strategy.intents.v1',
    holds: ['orderIntent', 'cancelIntent'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
  },
  portfolio: {
    name: 'strategy.portfolio.v1',
    holds: ['portfolioState'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
  },
  regime: { name: 'strategy.regime.v1', holds: ['regimeChange'], keyedBy: 'account', batched: false, compacted: false },
  orders: { name: 'execution.orders.v1', holds: ['orderEvent'], keyedBy: 'account', batched: false, compacted: false },
  fills: { name: 'execution.fills.v1', holds: ['fill'], keyedBy: 'account', batched: false, compacted: false },
  killSwitch: {
    name: 'control.kill-switch.v1',
    holds: ['killSwitch'],
    keyedBy: 'switch',
    batched: false,
    compacted: true,
  },
  commands: {
    name: 'control.commands.v1',
    holds: ['operatorCommand'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
  },
  heartbeats: {
    name: 'platform.heartbeats.v1',
    holds: ['heartbeat'],
    keyedBy: 'stage',
    batched: false,
    compacted: false,
  },
} as const satisfies Record<string, Topic>

export type TopicName = (typeof topics)[keyof typeof topics]['name']

/** The topic that holds events of this type. */
export const topicOf = Object.fromEntries(
  Object.values(topics).flatMap((topic) => topic.holds.map((type) => [type, topic] as const)),
) as unknown as Readonly<Record<EventType, Topic & { readonly name: TopicName }>>

/** The key of an event's record. `account` is the account of the run, which payloads do not carry. */
export function keyOf(event: Event, account: string): string {
  switch (event.type) {
    case 'trade':
    case 'quote':
    case 'bookDelta':
    case 'bookSnapshot':
    case 'bar':
    case 'ofi':
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
      return account
  }
}
