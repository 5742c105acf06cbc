import { field, stateSchema, type OrderIntent, type StateOf, type Trade, instrumentId } from '@triplane/contracts'
import { fixed, formatFixed } from '@triplane/kernel'
import type { Touch } from '../src/brokers/book-view.ts'
import {
  amendOrderSchema,
  brokerReportSchema,
  cancelOrderSchema,
  type Broker,
  type BrokerCommand,
  type BrokerReport,
  type MarketWatch,
} from '../src/brokers/broker.ts'
import { defineBroker, type BrokerDefinition, type BrokerOptions } from '../src/brokers/define-broker.ts'

const SCALE = 8

/** Faults on the way to the broker and back. */
export interface RemoteFaults {
  /** Extra delay of acknowledgements. */
  readonly lateAckUs?: number
  /** Extra delay of fills. */
  readonly lateFillUs?: number
  /** Reports every fill a second time, after this delay. */
  readonly repeatFillsAfterUs?: number
  /** The number of cancel requests that are refused, one after the other. */
  readonly cancelRejects?: number
  /** The number of amend requests that are refused, one after the other. */
  readonly amendRejects?: number
  /** Extra delay of answers to amend requests. */
  readonly lateAmendUs?: number
  /** Sent orders first get a time-out for an answer. */
  readonly timesOut?: boolean
  /** Amends every order to this quantity when accepting it. */
  readonly amendsTo?: string
  /** The broker expires resting orders after this time. */
  readonly expiresAfterUs?: number
  /** Between these times nothing is received and commands are lost; then comes a snapshot of the working orders. */
  readonly away?: { readonly fromUs: number; readonly toUs: number }
}

/** The latency of one way, microseconds. */
export const WAY_US = 5_000
const TIME_OUT_US = 50_000

const envelope = { dueUs: field.timeUs, seq: field.count }
const messageSchema = field.either([
  stateSchema({ ...envelope, kind: field.literal('order'), order: field.event('orderIntent') }),
  stateSchema({ ...envelope, kind: field.literal('cancel'), request: cancelOrderSchema }),
  stateSchema({ ...envelope, kind: field.literal('amend'), request: amendOrderSchema }),
  stateSchema({ ...envelope, kind: field.literal('expiry'), intentId: field.text }),
  stateSchema({ ...envelope, kind: field.literal('reconnect') }),
  stateSchema({ ...envelope, kind: field.literal('report'), report: brokerReportSchema }),
])
type Message = StateOf<typeof messageSchema>
type Sent<M> = M extends unknown ? Omit<M, 'dueUs' | 'seq'> : never
type Said<R> = R extends unknown ? Omit<R, 'atUs'> : never

const orderSchema = stateSchema({
  order: field.event('orderIntent'),
  quantity: field.units,
  filled: field.units,
  fills: field.count,
  isOpen: field.flag,
})
type RemoteOrder = { -readonly [Key in keyof StateOf<typeof orderSchema>]: StateOf<typeof orderSchema>[Key] }

export const fakeRemoteSchema = stateSchema({
  messages: field.list(messageSchema),
  lastSeq: field.count,
  orders: field.list(orderSchema),
  cancelRejects: field.count,
  amendRejects: field.count,
})
type FakeRemoteState = StateOf<typeof fakeRemoteSchema>

/** A remote broker: it knows its own orders only, over a slow and faulty connection. */
class FakeRemoteBroker implements Broker {
  readonly #faults: RemoteFaults
  readonly #leadUs: number
  readonly #touches = new Map<string, Touch>()
  readonly #orders: Map<string, RemoteOrder>
  #messages: Message[]
  #lastSeq: number
  #cancelRejects: number
  #amendRejects: number

  constructor(faults: RemoteFaults, { leadUs }: Pick<BrokerOptions<unknown>, 'leadUs'>, saved?: FakeRemoteState) {
    this.#faults = faults
    this.#leadUs = leadUs
    this.#messages = [...(saved?.messages ?? [])]
    this.#lastSeq = saved?.lastSeq ?? 0
    this.#orders = new Map((saved?.orders ?? []).map((one) => [one.order.intentId, { ...one }]))
    this.#cancelRejects = saved?.cancelRejects ?? faults.cancelRejects ?? 0
    this.#amendRejects = saved?.amendRejects ?? faults.amendRejects ?? 0
    if (!saved && faults.away) this.#push(faults.away.toUs, { kind: 'reconnect' })
  }

  list({ instrument }: Parameters<Broker['list']>[0], _: unknown, touch: Touch): MarketWatch {
    this.#touches.set(instrumentId(instrument), touch)
    const onTrade = (trade: Trade, nowUs: number) => this.#onTrade(trade, nowUs)
    return { watchesTrades: true, watchesBook: false, onTrade, onBook: () => undefined }
  }

  take(command: BrokerCommand, nowUs: number): void {
    const { away, timesOut } = this.#faults
    const isLost = away && nowUs >= away.fromUs && nowUs < away.toUs
    if (command.type === 'submitOrder') {
      const { intentId } = command.order
      if (isLost || timesOut) this.#say({ type: 'unknown', intentId, venueUs: nowUs }, nowUs + TIME_OUT_US)
      if (!isLost) this.#push(nowUs + WAY_US, { kind: 'order', order: command.order })
    } else if (isLost) return
    else if (command.type === 'cancelOrder') this.#push(nowUs + WAY_US, { kind: 'cancel', request: command })
    else this.#push(nowUs + WAY_US, { kind: 'amend', request: command })
  }

  nextDueUs(): number {
    return this.#messages[0]?.dueUs ?? Number.POSITIVE_INFINITY
  }

  handleNext(): BrokerReport | undefined {
    const message = this.#messages.shift()
    switch (message?.kind) {
      case 'report':
        return message.report
      case 'order':
        this.#accept(message.order, message.dueUs)
        break
      case 'cancel':
        this.#cancel(message.request.intentId, message.dueUs)
        break
      case 'amend':
        this.#amend(message.request.intentId, fixed(message.request.quantity, SCALE), message.dueUs)
        break
      case 'expiry':
        this.#end(message.intentId, 'expired', message.dueUs)
        break
      case 'reconnect': {
        const open = [...this.#orders.values()].filter(({ isOpen }) => isOpen)
        const working = open.map(({ order }) => order.intentId)
        this.#say({ type: 'snapshot', working, venueUs: message.dueUs }, message.dueUs + WAY_US)
        break
      }
      case undefined:
    }
    return undefined
  }

  snapshot(): FakeRemoteState {
    return {
      messages: [...this.#messages],
      lastSeq: this.#lastSeq,
      orders: Array.from(this.#orders.values(), (one) => ({ ...one })),
      cancelRejects: this.#cancelRejects,
      amendRejects: this.#amendRejects,
    }
  }

  #accept(order: OrderIntent, nowUs: number): void {
    const { intentId, side, limitPrice, postOnly, instrument } = order
    if (this.#orders.has(intentId)) return
    const quantity = String(fixed(order.quantity, SCALE))
    const remote: RemoteOrder = { order, quantity, filled: '0', fills: 0, isOpen: false }
    this.#orders.set(intentId, remote)
    const touch = this.#touches.get(instrument)
    const price = Number(side === 'BUY' ? touch?.ask() : touch?.bid())
    const crosses =
      limitPrice === undefined || (side === 'BUY' ? price <= Number(limitPrice) : price >= Number(limitPrice))
    if (postOnly && crosses) return this.#say({ type: 'rejected', intentId, venueUs: nowUs, reason: 'would_cross' })
    remote.isOpen = true
    const ackUs = nowUs + WAY_US + (this.#faults.lateAckUs ?? 0)
    this.#say({ type: 'acknowledged', intentId, venueUs: nowUs }, ackUs)
    const { amendsTo, expiresAfterUs } = this.#faults
    if (amendsTo !== undefined) {
      remote.quantity = String(fixed(amendsTo, SCALE))
      this.#say({ type: 'amended', intentId, venueUs: nowUs, quantity: amendsTo }, ackUs)
    }
    if (crosses) this.#fill(remote, BigInt(remote.quantity), String(price), 'taker', nowUs)
    if (remote.isOpen && expiresAfterUs !== undefined) this.#push(nowUs + expiresAfterUs, { kind: 'expiry', intentId })
  }

  #cancel(intentId: string, nowUs: number): void {
    if (this.#cancelRejects > 0 || !this.#orders.get(intentId)?.isOpen) {
      this.#cancelRejects = Math.max(0, this.#cancelRejects - 1)
      return this.#say({ type: 'cancelRejected', intentId, venueUs: nowUs })
    }
    this.#end(intentId, 'cancelled', nowUs)
  }

  #amend(intentId: string, units: bigint, nowUs: number): void {
    const remote = this.#orders.get(intentId)
    const answeredUs = nowUs + WAY_US + (this.#faults.lateAmendUs ?? 0)
    if (this.#amendRejects > 0 || !remote?.isOpen) {
      this.#amendRejects = Math.max(0, this.#amendRejects - 1)
      return this.#say({ type: 'amendRejected', intentId, venueUs: nowUs }, answeredUs)
    }
    if (units <= BigInt(remote.filled)) return this.#end(intentId, 'cancelled', nowUs)
    if (units < BigInt(remote.quantity)) remote.quantity = String(units)
    const quantity = formatFixed(BigInt(remote.quantity), SCALE)
    this.#say({ type: 'amended', intentId, venueUs: nowUs, quantity }, answeredUs)
  }

  #end(intentId: string, type: 'cancelled' | 'expired', nowUs: number): void {
    const remote = this.#orders.get(intentId)
    if (!remote?.isOpen) return
    remote.isOpen = false
    if (type === 'cancelled') this.#say({ type, intentId, venueUs: nowUs, reason: null })
    else this.#say({ type, intentId, venueUs: nowUs })
  }

  #onTrade({ instrument, price, size, aggressor }: Trade, nowUs: number): void {
    for (const remote of this.#orders.values()) {
      const { order, quantity, isOpen, filled } = remote
      if (!isOpen || order.instrument !== instrument || Number(order.limitPrice) !== price) continue
      if ((order.side === 'BUY') !== (aggressor === 'sell')) continue
      const remaining = BigInt(quantity) - BigInt(filled)
      const traded = BigInt(Math.round(size * 10 ** SCALE))
      this.#fill(remote, traded < remaining ? traded : remaining, String(order.limitPrice), 'maker', nowUs)
    }
  }

  #fill(remote: RemoteOrder, units: bigint, price: string, liquidity: 'maker' | 'taker', nowUs: number): void {
    const { order } = remote
    const filled = BigInt(remote.filled) + units
    remote.filled = String(filled)
    remote.fills++
    remote.isOpen = filled < BigInt(remote.quantity)
    const report = {
      type: 'filled',
      ...{ intentId: order.intentId, venueUs: nowUs, order, price, liquidity, fee: '0' },
      fillId: `${order.intentId}/${remote.fills}`,
      quantity: formatFixed(units, SCALE),
      filledQuantity: formatFixed(filled, SCALE),
    } as const
    const atUs = nowUs + WAY_US + (this.#faults.lateFillUs ?? 0)
    this.#say(report, atUs)
    const { repeatFillsAfterUs } = this.#faults
    if (repeatFillsAfterUs !== undefined) this.#say(report, atUs + repeatFillsAfterUs)
  }

  /** Sends a report. One that would arrive while the connection is away arrives after it. */
  #say(said: Said<BrokerReport>, arrivesUs = said.venueUs + WAY_US): void {
    const { away } = this.#faults
    const isHeld = away && said.type !== 'unknown' && arrivesUs >= away.fromUs && arrivesUs < away.toUs
    const atUs = Math.max(isHeld ? away.toUs + WAY_US : arrivesUs, said.venueUs + this.#leadUs)
    this.#push(atUs - this.#leadUs, { kind: 'report', report: { ...said, atUs } })
  }

  #push(dueUs: number, message: Sent<Message>): void {
    this.#messages.push({ ...message, dueUs, seq: ++this.#lastSeq })
    this.#messages.sort((a, b) => a.dueUs - b.dueUs || a.seq - b.seq)
  }
}

/** The fake as a definition: one more line of the registry. */
export function fakeRemote(faults: RemoteFaults = {}): BrokerDefinition<unknown> {
  return defineBroker<unknown, FakeRemoteState>({
    name: 'fake_remote',
    doc: 'Fills at the touch and by trades at the limit, far away.',
    state: fakeRemoteSchema,
    create: (options, saved) => new FakeRemoteBroker(faults, options, saved),
  })
}
