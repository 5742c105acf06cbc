import {
  field,
  stateSchema,
  type OrderIntent,
  type StateOf,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import { invariant, PriorityQueue } from '@triplane/kernel'
import type { TradingTerms } from '@triplane/instruments'
import type { FeeSchedule } from '../../costs/commission.ts'
import { approvedOrderSchema, type Approved } from '../../risk/risk-gate.ts'
import type { BookView, Touch } from '../book-view.ts'
import { Matcher, matcherSchema, type MatcherSnapshot } from './matcher.ts'
import {
  amendOrderSchema,
  brokerReportSchema,
  cancelOrderSchema,
  type Broker,
  type BrokerAnswer,
  type BrokerCommand,
  type BrokerReport,
} from '../broker.ts'
import { defineBroker } from '../define-broker.ts'

/** Settings of the paper venue. */
export interface PaperSettings {
  /** From our submit, cancel or amend request to its arrival at the venue. */
  readonly submitLatencyUs: number
  /** From an acknowledgement, rejection, cancellation or amendment at the venue to its arrival here. */
  readonly ackLatencyUs: number
  /** From a match to the arrival of the fill here; at least `ackLatencyUs`. */
  readonly fillLatencyUs: number
  readonly fees: FeeSchedule
}

export interface PaperVenueConfig extends PaperSettings {
  /** Delay from handling a reply to its effect: replies are due that much earlier. */
  readonly leadUs: number
  /** How long order ids are remembered to deduplicate orders. */
  readonly retentionUs: number
}

const envelope = { dueUs: field.timeUs, seq: field.count }

/** A message under way, to the venue or from it. */
const messageSchema = field.either([
  stateSchema({ ...envelope, kind: field.literal('order'), order: approvedOrderSchema }),
  stateSchema({ ...envelope, kind: field.literal('cancel'), request: cancelOrderSchema }),
  stateSchema({ ...envelope, kind: field.literal('amend'), request: amendOrderSchema }),
  stateSchema({ ...envelope, kind: field.literal('reply'), reply: brokerReportSchema }),
])
type Message = StateOf<typeof messageSchema>

/** The saved state of the paper venue. */
export const paperVenueSchema = stateSchema({
  messages: field.list(messageSchema),
  lastSeq: field.count,
  accepted: field.list(stateSchema({ intentId: field.text, acceptedUs: field.timeUs })),
  matchers: field.list(stateSchema({ instrument: field.text, matcher: matcherSchema })),
})
export type PaperVenueSnapshot = StateOf<typeof paperVenueSchema>

/**
 * A paper venue: orders travel to it, match against the live book, and its answers travel back, all in market time. Its host
 * feeds it trades and books through the matcher that `list` returns, and handles due messages in the order of time.
 *
 * Invariants
 * 1. It answers from its own state only and executes each order id once.
 * 2. Messages are due in the order of their time, then of their sending, however finely time is advanced.
 */
export class PaperVenue implements Broker {
  readonly #config: PaperVenueConfig
  readonly #messages: PriorityQueue<Message>
  readonly #accepted: Map<string, number>
  readonly #matchers = new Map<string, Matcher>()
  readonly #savedMatchers: ReadonlyMap<string, MatcherSnapshot>
  #lastSeq: number

  constructor(
    config: PaperVenueConfig,
    saved: PaperVenueSnapshot = { messages: [], lastSeq: 0, accepted: [], matchers: [] },
  ) {
    const { submitLatencyUs, ackLatencyUs, fillLatencyUs } = config
    invariant(submitLatencyUs > 0 && ackLatencyUs > 0, 'latencies are > 0')
    invariant(fillLatencyUs >= ackLatencyUs, 'a fill is not reported before the acknowledgement', fillLatencyUs)
    this.#config = config
    this.#messages = new PriorityQueue<Message>((a, b) => a.dueUs - b.dueUs || a.seq - b.seq, saved.messages)
    this.#accepted = new Map(saved.accepted.map(({ intentId, acceptedUs }) => [intentId, acceptedUs]))
    this.#savedMatchers = new Map(saved.matchers.map(({ instrument, matcher }) => [instrument, matcher]))
    this.#lastSeq = saved.lastSeq
  }

  /** Opens trading in an instrument on a live book and its newest quote. Call it once for each, also after a restore. */
  list(terms: TradingTerms, book: BookView, touch: Touch): Matcher {
    const { venue } = terms.instrument
    const id = instrumentId(terms.instrument)
    const fees = this.#config.fees[venue]
    invariant(fees !== undefined, 'every venue has fees', venue)
    const answer = (answer: BrokerAnswer) => this.#send(answer)
    const matcher = new Matcher({ terms, fees, book, touch, answer }, this.#savedMatchers.get(id))
    this.#matchers.set(id, matcher)
    return matcher
  }

  take(command: BrokerCommand, nowUs: number): void {
    const envelope = this.#envelope(nowUs + this.#config.submitLatencyUs)
    if (command.type === 'submitOrder') this.#messages.push({ ...envelope, kind: 'order', order: command.order })
    else if (command.type === 'cancelOrder') this.#messages.push({ ...envelope, kind: 'cancel', request: command })
    else this.#messages.push({ ...envelope, kind: 'amend', request: command })
  }

  /** When the next message is due; Infinity if none is under way. */
  nextDueUs(): number {
    return this.#messages.peek()?.dueUs ?? Number.POSITIVE_INFINITY
  }

  /** Handles the next message: returns a reply to us, or executes a command that arrived at the venue. */
  handleNext(): BrokerReport | undefined {
    const message = this.#messages.pop()
    if (message?.kind === 'reply') return message.reply
    if (message?.kind === 'order') this.#accept(message.order, message.dueUs)
    if (message?.kind === 'cancel') {
      const { intentId, instrument } = message.request
      this.#matcherOf(instrument).cancel(intentId, message.dueUs)
    }
    if (message?.kind === 'amend') {
      const { intentId, instrument, quantity } = message.request
      this.#matcherOf(instrument).amend(intentId, quantity, message.dueUs)
    }
    return undefined
  }

  snapshot(): PaperVenueSnapshot {
    return {
      messages: this.#messages.toArray(),
      lastSeq: this.#lastSeq,
      accepted: Array.from(this.#accepted, ([intentId, acceptedUs]) => ({ intentId, acceptedUs })),
      matchers: Array.from(this.#matchers, ([instrument, matcher]) => ({ instrument, matcher: matcher.snapshot() })),
    }
  }

  #accept(order: Approved<OrderIntent>, nowUs: number): void {
    if (this.#accepted.has(order.intentId)) return
    for (const [intentId, acceptedUs] of this.#accepted) {
      if (acceptedUs > nowUs - this.#config.retentionUs) break
      this.#accepted.delete(intentId)
    }
    this.#accepted.set(order.intentId, nowUs)
    this.#matcherOf(order.instrument).accept(order, nowUs)
  }

  #send(answer: BrokerAnswer): void {
    const { ackLatencyUs, fillLatencyUs, leadUs } = this.#config
    const endsSweep = answer.type === 'cancelled' && answer.reason !== null
    const latencyUs = answer.type === 'filled' || endsSweep ? fillLatencyUs : ackLatencyUs
    const atUs = answer.venueUs + Math.max(latencyUs, leadUs)
    this.#messages.push({ ...this.#envelope(atUs - leadUs), kind: 'reply', reply: { ...answer, atUs } })
  }

  #envelope(dueUs: number): { readonly dueUs: number; readonly seq: number } {
    return { dueUs, seq: ++this.#lastSeq }
  }

  #matcherOf(id: InstrumentId): Matcher {
    const matcher = this.#matchers.get(id)
    invariant(matcher !== undefined, 'the venue lists the instrument', id)
    return matcher
  }
}

/** The paper broker: orders matched against the live market. */
export const paper = defineBroker<{ readonly paper: PaperSettings }, PaperVenueSnapshot>({
  name: 'paper',
  doc: 'Matches orders against the live book and trades, after latencies; nothing leaves the process.',
  state: paperVenueSchema,
  create: ({ settings, leadUs, retentionUs }, saved) =>
    new PaperVenue({ ...settings.paper, leadUs, retentionUs }, saved),
})
