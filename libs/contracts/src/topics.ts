import { planeNames, type PlaneName } from './plane-name.ts'
import type { Topic, TopicParty } from './topic.ts'

const HOURS_A_WEEK = 168
const edges = ['data-plane.edge', 'strategy-plane.edge', 'order-plane.edge'] as const satisfies readonly TopicParty[]

/** Every topic of Triplane. */
export const topics = {
  /** What the market said: everything that a data plane says but its dead letters, in the order in which it said it. */
  market: {
    name: 'market.events.v2',
    writers: ['data-plane'],
    readers: ['strategy-plane', 'order-plane'],
    keyedBy: 'producer',
    batched: true,
    compacted: false,
    retentionHours: 24,
  },
  deadLetters: {
    name: 'market.dlq.v2',
    writers: ['data-plane', 'strategy-plane.edge', 'order-plane.edge'],
    readers: [],
    keyedBy: 'source',
    batched: false,
    isJson: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  signals: {
    name: 'strategy.signals.v2',
    writers: ['strategy-plane'],
    readers: [],
    keyedBy: 'instrument',
    batched: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  targets: {
    name: 'strategy.targets.v2',
    writers: ['strategy-plane'],
    readers: [],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  intents: {
    name: 'strategy.intents.v2',
    writers: ['strategy-plane'],
    readers: ['order-plane'],
    keyedBy: 'account',
    batched: false,
    isUrgent: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  portfolio: {
    name: 'strategy.portfolio.v2',
    writers: ['strategy-plane'],
    readers: [],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  /** Not written yet. */
  regime: {
    name: 'strategy.regime.v1',
    writers: [],
    readers: [],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  orders: {
    name: 'execution.orders.v2',
    writers: ['order-plane'],
    readers: ['strategy-plane'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  fills: {
    name: 'execution.fills.v2',
    writers: ['order-plane'],
    readers: ['strategy-plane'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  killSwitch: {
    name: 'control.kill-switch.v1',
    writers: ['strategy-plane'],
    readers: ['order-plane'],
    keyedBy: 'switch',
    batched: false,
    isUrgent: true,
    compacted: true,
  },
  /** What only makes trading stricter: any plane may say so, and nobody refuses it. */
  halts: {
    name: 'control.halts.v1',
    writers: edges,
    readers: ['strategy-plane', 'order-plane'],
    keyedBy: 'account',
    batched: false,
    isUrgent: true,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  /** What loosens trading or changes how it is done. */
  commands: {
    name: 'control.commands.v1',
    writers: ['order-plane.edge'],
    readers: ['strategy-plane', 'order-plane'],
    keyedBy: 'account',
    batched: false,
    compacted: false,
    retentionHours: HOURS_A_WEEK,
  },
  /** The newest record names the current run. */
  runs: {
    name: 'control.runs.v1',
    writers: ['order-plane.edge'],
    readers: [...edges, 'command-line'],
    keyedBy: 'run',
    batched: false,
    compacted: true,
  },
  /** The newest link of the chain of audit rows. */
  audit: {
    name: 'control.audit.v1',
    writers: ['order-plane.edge'],
    readers: ['command-line'],
    keyedBy: 'account',
    batched: false,
    compacted: true,
  },
  heartbeats: {
    name: 'platform.heartbeats.v1',
    writers: edges,
    readers: ['strategy-plane', 'order-plane'],
    keyedBy: 'stage',
    batched: false,
    compacted: false,
    retentionHours: 1,
  },
} as const satisfies Record<string, Topic>

export type TopicName = (typeof topics)[keyof typeof topics]['name']
type NamedTopic = Topic & { readonly name: TopicName }

const all: readonly NamedTopic[] = Object.values(topics)

/** The topics that a party writes, in the order of `topics`. */
export function topicsWrittenBy(party: TopicParty): readonly NamedTopic[] {
  return all.filter(({ writers }) => writers.includes(party))
}

/** The topics that a party reads, in the order of `topics`. */
export function topicsReadBy(party: TopicParty): readonly NamedTopic[] {
  return all.filter(({ readers }) => readers.includes(party))
}

/** The topics that a core writes and other cores read; in lockstep the readers wait for its watermarks. */
export function topicsAwaitedOf(party: TopicParty): readonly NamedTopic[] {
  return topicsWrittenBy(party).filter(({ readers }) => readers.length > 0)
}

/** The planes whose cores write a topic. */
export function coreWritersOf({ writers }: Topic): readonly PlaneName[] {
  return planeNames.filter((name) => writers.includes(name))
}
