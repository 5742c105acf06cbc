import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import type { TSchema } from '@sinclair/typebox'
import { describeValue } from './describe-value.ts'
import { auditLinkSchema, type AuditLink } from './events/audit-link.ts'
import { barSchema, type Bar } from './events/bar.ts'
import { bookDeltaSchema, type BookDelta } from './events/book-delta.ts'
import { bookSnapshotSchema, type BookSnapshot } from './events/book-snapshot.ts'
import { cancelIntentSchema, type CancelIntent } from './events/cancel-intent.ts'
import { deadLetterSchema, type DeadLetter } from './events/dead-letter.ts'
import { fillSchema, type Fill } from './events/fill.ts'
import { heartbeatSchema, type Heartbeat } from './events/heartbeat.ts'
import { killSwitchSchema, type KillSwitch } from './events/kill-switch.ts'
import { markSchema, type Mark } from './events/mark.ts'
import { marketStatusSchema, type MarketStatus } from './events/market-status.ts'
import { ofiSchema, type Ofi } from './events/ofi.ts'
import { operatorCommandSchema, type OperatorCommand } from './events/operator-command.ts'
import { orderEventSchema, type OrderEvent } from './events/order-event.ts'
import { orderIntentSchema, type OrderIntent } from './events/order-intent.ts'
import { portfolioStateSchema, type PortfolioState } from './events/portfolio-state.ts'
import { quoteSchema, type Quote } from './events/quote.ts'
import { regimeChangeSchema, type RegimeChange } from './events/regime-change.ts'
import { runSchema, type Run } from './events/run.ts'
import { signalSchema, type Signal } from './events/signal.ts'
import { targetPortfolioSchema, type TargetPortfolio } from './events/target-portfolio.ts'
import { tradeSchema, type Trade } from './events/trade.ts'
import { tradingConditionSchema, type TradingConditionChange } from './events/trading-condition.ts'

/** What the data plane says about the market. */
export type MarketEvent = Trade | Quote | BookDelta | BookSnapshot | Bar | Ofi | Mark | MarketStatus | DeadLetter
/** What the strategy plane wants and knows. */
export type StrategyEvent =
  Signal | TargetPortfolio | OrderIntent | CancelIntent | PortfolioState | RegimeChange | KillSwitch
/** What the order plane did. */
export type ExecutionEvent = OrderEvent | Fill
/** What people and the edges order. */
export type ControlEvent = OperatorCommand | TradingConditionChange | Run | AuditLink
/** Every event on the wire. */
export type Event = MarketEvent | StrategyEvent | ExecutionEvent | ControlEvent | Heartbeat
export type EventType = Event['type']

/** Every event's schema by its tag. */
export const eventSchemas = {
  trade: tradeSchema,
  quote: quoteSchema,
  bookDelta: bookDeltaSchema,
  bookSnapshot: bookSnapshotSchema,
  bar: barSchema,
  ofi: ofiSchema,
  mark: markSchema,
  marketStatus: marketStatusSchema,
  deadLetter: deadLetterSchema,
  signal: signalSchema,
  targetPortfolio: targetPortfolioSchema,
  orderIntent: orderIntentSchema,
  cancelIntent: cancelIntentSchema,
  orderEvent: orderEventSchema,
  fill: fillSchema,
  portfolioState: portfolioStateSchema,
  regimeChange: regimeChangeSchema,
  killSwitch: killSwitchSchema,
  operatorCommand: operatorCommandSchema,
  tradingCondition: tradingConditionSchema,
  run: runSchema,
  auditLink: auditLinkSchema,
  heartbeat: heartbeatSchema,
} as const satisfies Record<EventType, TSchema>

const checks = new Map<string, TypeCheck<TSchema>>()

/** The compiled check of an event type; compiled on first use. */
function checkOf(type: EventType): TypeCheck<TSchema> {
  let check = checks.get(type)
  if (!check) {
    check = TypeCompiler.Compile(eventSchemas[type])
    checks.set(type, check)
  }
  return check
}

/** True when `value` is an event that fits the schema of its own tag. */
export function isEvent(value: unknown): value is Event {
  const type = tagOf(value)
  return type !== undefined && checkOf(type).Check(value)
}

/** What is wrong with `value` as an event, for a person: "quote/bid: Expected number, was string". */
export function explainEvent(value: unknown): string {
  const type = tagOf(value)
  if (type === undefined) return `Expected an event with a known type, was ${describeValue(value)}`
  const first = checkOf(type).Errors(value).First()
  return first ? `${type}${first.path}: ${first.message}, was ${describeValue(first.value)}` : `${type} is valid`
}

function tagOf(value: unknown): EventType | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
  const type = value.type
  return typeof type === 'string' && Object.hasOwn(eventSchemas, type) ? (type as EventType) : undefined
}

/** Market time at which a consumer acts on the event. */
export function effectUsOf(event: Event): number {
  // Market events are the many: ask for their field first.
  const { tsRecvUs } = event as { readonly tsRecvUs?: number }
  return tsRecvUs ?? (event as { readonly effectUs: number }).effectUs
}
