import { instrumentId, type Instrument, type Mark, type MarketStatus, type Ofi, type Quote } from '@triplane/contracts'
import { tradableOf, type ConfiguredRates, type Rates } from '@triplane/instruments'
import { createMemoryBus, publish } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import type { OrderPlaneCore } from '@triplane/order-core'
import { orderPlane, strategyPlaneOf } from '@triplane/planes'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import { eagerParameters } from '@triplane/strategy-core'
import type { StandaloneConfig } from './config.ts'
import { joinPlane } from './join-plane.ts'
import { Lockstep } from './lockstep.ts'

/** Longer than any run: here only a signal leads to a decision. */
const NEVER_MS = 1e12

/**
 * Market time of the first rehearsal. All numbers have the representation of real ones, or the compiler would specialise for
 * others.
 */
const START_US = 2 ** 50

export interface Rehearsal {
  /**
   * Runs one decision: an update of order flow that reverses the signal, a target, an intent, and every risk check, the last of
   * which refuses it, because nothing is ever traded there.
   */
  readonly rehearse: () => void
  /** Refuses it. */
  readonly order: OrderPlaneCore
}

/**
 * The path from a frame to the gate runs rarely, and is slow for that reason: its code and data have left the processor's
 * caches, and the compiler does not optimise it. So it is rehearsed, with a separate strategy and order plane on a separate
 * market. Nothing of it reaches the run.
 */
export function createRehearsal(
  config: StandaloneConfig,
  instrument: Instrument,
  rates: Rates,
  strategies: readonly StrategyDefinition[] = builtIn,
): Rehearsal {
  const strategyPlane = strategyPlaneOf(strategies)
  const { minLatencyUs } = config.order
  const { intents } = config.strategy
  // It sells short as readily as it buys, wherever the account has margin.
  const marginVenues = [instrument.venue]
  const stepUs = minLatencyUs + intents.minIntervalMs * 1000 + 1000
  const bus = createMemoryBus({ nowUs: () => START_US })
  // Its rates are constant.
  const market = { instruments: [instrument], rates: { ...rates, feeds: [] }, isSessionOpen: () => true }
  const joined = {
    bus,
    runId: 'rehearsal',
    account: 'rehearsal',
    observe: () => undefined,
  }
  const strategyMetrics = createMetrics('strategy_plane', { processMetrics: false })
  const rehearsedStrategy = strategyPlane.build({
    ...market,
    config: {
      ...config.strategy,
      marginVenues,
      evaluationIntervalMs: NEVER_MS,
      ...eagerParameters(config.strategy, strategies),
    },
    metrics: strategyMetrics,
  })
  const strategy = joinPlane({ ...joined, plane: rehearsedStrategy, metrics: strategyMetrics })
  const orderMetrics = createMetrics('order_plane', { processMetrics: false })
  const rehearsedOrder = orderPlane.build({
    ...market,
    config: { ...config.order, marginVenues },
    metrics: orderMetrics,
    onApproved: () => undefined,
  })
  const order = joinPlane({ ...joined, plane: rehearsedOrder, metrics: orderMetrics })

  const producer = bus.producer({ name: 'data-plane', runId: joined.runId })
  const { venue } = instrument
  const id = instrumentId(instrument)
  const source = 'rehearsal'
  const bid = Number(instrument.tickSize) * 12_345
  const ask = Number(instrument.tickSize) * 12_346
  let tsRecvUs = START_US
  let seq = 0
  let value = 1.5
  const data = {
    accept() {
      const quote: Quote = {
        type: 'quote',
        seq: ++seq,
        source,
        instrument: id,
        tsRecvUs,
        tsEventUs: tsRecvUs,
        updateId: START_US + seq,
        bid,
        bidSize: 1.5,
        ask,
        askSize: 2.5,
      }
      value = -value
      const flow: Ofi = {
        type: 'ofi',
        seq: ++seq,
        source,
        instrument: id,
        tsRecvUs,
        value,
        intervalStartUs: START_US,
        intervalValue: 0.5,
        depth: 2.5,
      }
      publish(producer, [quote, flow], joined.account)
    },
    advance: () => undefined,
    nextDueUs: () => Number.POSITIVE_INFINITY,
  }
  const valid: MarketStatus = {
    type: 'marketStatus',
    seq: ++seq,
    source,
    instrument: id,
    tsRecvUs,
    status: 'book_valid',
  }
  const mark: Mark = {
    type: 'mark',
    seq: ++seq,
    source,
    instrument: id,
    tsRecvUs,
    price: (bid + ask) / 2,
    kind: 'quote',
    ageUs: 0,
  }
  publish(producer, [valid, mark], joined.account)
  const lockstep = new Lockstep(
    { data, strategy: strategy.runner, order: order.runner },
    { monotonicUs: () => START_US },
  )

  return {
    rehearse: () => {
      tsRecvUs += stepUs
      lockstep.accept({ type: 'connect', origin: { source, venue }, tsRecvUs })
      void strategy.runner.consumer.commit()
      void order.runner.consumer.commit()
    },
    order: order.core,
  }
}

/** Rehearses a decision on the first instrument of a run that may be traded; undefined when there is none. */
export function rehearsalOf(
  config: StandaloneConfig,
  instruments: readonly Instrument[],
  rates: ConfiguredRates,
  strategies?: readonly StrategyDefinition[],
): Rehearsal['rehearse'] | undefined {
  const instrument = tradableOf(instruments, rates).find(({ quote }) => rates.find(quote) !== undefined)
  return instrument && createRehearsal(config, instrument, rates, strategies).rehearse
}
