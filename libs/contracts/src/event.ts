import type { EventOf } from './define-event.ts'
import { createEventRegistry } from './event-registry.ts'
import { accountOpened } from './events/account-opened.ts'
import { accountOpening } from './events/account-opening.ts'
import { auditLink } from './events/audit-link.ts'
import { bar } from './events/bar.ts'
import { bookDelta } from './events/book-delta.ts'
import { bookSnapshot } from './events/book-snapshot.ts'
import { cancelIntent } from './events/cancel-intent.ts'
import { cross } from './events/cross.ts'
import { deadLetter } from './events/dead-letter.ts'
import { fill } from './events/fill.ts'
import { heartbeat } from './events/heartbeat.ts'
import { killSwitch } from './events/kill-switch.ts'
import { ledgerAnswer } from './events/ledger-answer.ts'
import { ledgerDigest } from './events/ledger-digest.ts'
import { ledgerStated } from './events/ledger-stated.ts'
import { mark } from './events/mark.ts'
import { marketStatus } from './events/market-status.ts'
import { ofi } from './events/ofi.ts'
import { operatorCommand } from './events/operator-command.ts'
import { orderEvent } from './events/order-event.ts'
import { orderIntent } from './events/order-intent.ts'
import { pastBar } from './events/past-bar.ts'
import { portfolioState } from './events/portfolio-state.ts'
import { quote } from './events/quote.ts'
import { regimeChange } from './events/regime-change.ts'
import { run } from './events/run.ts'
import { signal } from './events/signal.ts'
import { targetPortfolio } from './events/target-portfolio.ts'
import { trade } from './events/trade.ts'
import { tradingCondition } from './events/trading-condition.ts'
import { tuning } from './events/tuning.ts'
import { createWireCodec } from './wire/wire-codec.ts'
import type { rank, Rank } from './input-order.ts'

/** Every event on the wire. */
export const eventDefinitions = [
  trade,
  quote,
  bookDelta,
  bookSnapshot,
  bar,
  pastBar,
  ofi,
  mark,
  marketStatus,
  deadLetter,
  signal,
  targetPortfolio,
  orderIntent,
  cancelIntent,
  cross,
  ledgerAnswer,
  orderEvent,
  fill,
  accountOpened,
  ledgerDigest,
  ledgerStated,
  portfolioState,
  regimeChange,
  killSwitch,
  operatorCommand,
  tuning,
  accountOpening,
  tradingCondition,
  run,
  auditLink,
  heartbeat,
] as const

type Definition = (typeof eventDefinitions)[number]
type Ranked<R extends Rank> = EventOf<Extract<Definition, { readonly rank: R }>>

/** Every event on the wire. */
export type Event = EventOf<Definition>
export type EventType = Event['type']
/** The event of a tag. */
export type EventByTag<Type extends EventType> = Extract<Event, { readonly type: Type }>
/**
 * An event as a stage makes it, before the outbox numbers it. A stage of the hot path reserves the field (`seq: 0`), so that
 * the object is allocated once.
 */
export type EventDraft<E extends Event> = E extends unknown ? Omit<E, 'seq'> & { readonly seq?: number } : never
/** What the data plane says about the market. */
export type MarketEvent = Exclude<Ranked<typeof rank.data>, { readonly type: 'heartbeat' }>
/** What the order plane reports. */
export type ExecutionEvent = Ranked<typeof rank.order>
/** The names that metrics use for the rows of stored events. */
export type StoredAs = NonNullable<Definition['store']>['as']

export const { definitionOf, topicOf, rankOf, topicFor, typesOn, keyOf, isEvent, explainEvent, encodeLine } =
  createEventRegistry(eventDefinitions)

/** The binary codec of all events, for sending, hashing and logging. */
export const wire = createWireCodec(eventDefinitions, { isEvent, explainEvent })

/** Every tag. */
export const eventTypes: readonly EventType[] = eventDefinitions.map(({ tag }) => tag)

/** Market time at which a consumer acts on the event. */
export function effectUsOf(event: Event): number {
  // Market events are the majority: check for their field first.
  const { tsRecvUs } = event as { readonly tsRecvUs?: number }
  return tsRecvUs ?? (event as { readonly effectUs: number }).effectUs
}
