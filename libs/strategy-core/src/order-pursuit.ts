import type { CancelReason, Cross } from '@triplane/contracts'
import type { Ledger } from '@triplane/ledger'
import type { StrategyConfig } from './config.ts'
import type { IntentOutbox } from './known-orders.ts'
import type { StrategyDeps } from './strategy-plane-core.ts'
import { crossing, targetedPosition, type TradedInstrument } from './traded-instrument.ts'

/** The ledger it reads and books crosses in, and the outbox it sends through. */
interface PursuitDeps {
  readonly ledger: Ledger
  readonly outbox: IntentOutbox
  readonly isSessionOpen: StrategyDeps['isSessionOpen']
  /** A kill switch is active: it sends nothing, and cancels what works. */
  readonly isHalted: () => boolean
  /** Only orders that reduce a position are sent. */
  readonly isReducing: () => boolean
}

/**
 * Turns the targets of all strategies for an instrument, and the orders that strategies request themselves, into orders. It is
 * stateless: the instrument's desks have the working orders.
 *
 * Invariants
 * 1. While halted it sends nothing; cancels pass.
 * 2. It sends nothing on a market that is stale, late, closed, without a valid book, or in unknown steps, and cancels the
 *    orders that must not continue there.
 */
export class OrderPursuit {
  readonly #intents: StrategyConfig['intents']
  readonly #deps: PursuitDeps

  constructor({ intents }: Pick<StrategyConfig, 'intents'>, deps: PursuitDeps) {
    this.#intents = intents
    this.#deps = deps
  }

  /** Works towards the target, and the requested orders beside it. Without a target it cancels what works. */
  pursueTarget(instrument: TradedInstrument, nowUs: number): void {
    const { isHalted, isReducing, outbox } = this.#deps
    const { targetUsd, bid, ask, quotedUs } = instrument
    const isShared = instrument.requestDesks.length > 0
    if (targetUsd === undefined) instrument.desk.cancelAll(isHalted() ? 'halted' : 'replaced', nowUs, outbox)
    else if (this.#isTradable(instrument, nowUs)) {
      const position = targetedPosition(instrument)
      const want = { targetUsd, position, isShared, bid, ask, quotedUs }
      const isDone = instrument.desk.pursue(want, isReducing(), nowUs, outbox)
      if (isDone && !isReducing()) this.#crossStrategies(instrument, nowUs)
    }
    if (isShared) this.pursueRequests(instrument, nowUs)
  }

  /** Works the orders that strategies request themselves. */
  pursueRequests(instrument: TradedInstrument, nowUs: number): void {
    const { isHalted, isReducing, outbox } = this.#deps
    const { parts, isLongOnly, requestDesks, bid, ask, quotedUs } = instrument
    if (isHalted()) return this.#cancelRequests(instrument, 'halted', nowUs)
    if (!this.#isTradable(instrument, nowUs)) return
    for (const desk of requestDesks) {
      const position = parts.get(desk.strategy)?.quantity ?? 0n
      const sellable = isLongOnly ? position : undefined
      desk.pursue({ position, sellable, bid, ask, quotedUs }, isReducing(), nowUs, outbox)
    }
  }

  /** Cancels every order of the instrument. */
  cancelAll(instrument: TradedInstrument, reason: CancelReason, nowUs: number): void {
    instrument.desk.cancelAll(reason, nowUs, this.#deps.outbox)
    this.#cancelRequests(instrument, reason, nowUs)
  }

  /** Cancels what could open a position at late prices; orders that close one stay. */
  cancelOpening(instrument: TradedInstrument, nowUs: number): void {
    instrument.desk.cancelOpening(targetedPosition(instrument), 'stale_market', nowUs, this.#deps.outbox)
    this.#cancelRequests(instrument, 'stale_market', nowUs)
  }

  #cancelRequests({ requestDesks }: TradedInstrument, reason: CancelReason, nowUs: number): void {
    for (const desk of requestDesks) desk.cancelAll(reason, nowUs, this.#deps.outbox)
  }

  /** Whether the instrument's orders may be sent now. Cancels working orders that must not go on. */
  #isTradable(instrument: TradedInstrument, nowUs: number): boolean {
    const { id, quotedUs, isStale, isQuoted, areStepsKnown, isLate, isBookValid } = instrument
    if (isStale || !isQuoted || !instrument.isRateKnown()) this.cancelAll(instrument, 'stale_market', nowUs)
    else if (!areStepsKnown) this.cancelAll(instrument, 'steps_unknown', nowUs)
    else if (isLate) this.cancelOpening(instrument, nowUs)
    else
      return (
        isBookValid && this.#deps.isSessionOpen(id, nowUs) && nowUs - quotedUs <= this.#intents.maxQuoteAgeMs * 1000
      )
    return false
  }

  /** Books opposing wants of strategies against each other, once no order is left to send: a cross needs none. */
  #crossStrategies(instrument: TradedInstrument, nowUs: number): void {
    const { ledger, outbox } = this.#deps
    const crossed = crossing(instrument, this.#intents.minTradeUsd)
    if (!crossed) return
    const cross: Cross = {
      type: 'cross',
      seq: 0,
      crossId: `X-${outbox.nextSeq}`,
      instrument: instrument.id,
      effectUs: nowUs,
      ...crossed,
    }
    ledger.cross(cross)
    outbox.add(cross)
  }
}
