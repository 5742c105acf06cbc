import { rank, type OrderEvent, type OrderIntent } from '@triplane/contracts'
import { Stepper } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import { eagerParameters, type StrategyConfig, type StrategyOutput } from '@triplane/strategy-core'
import { strategyPlaneOf } from '../strategy/strategy-plane.ts'
import { rehearsedParts, RehearsedMarket, type RehearsalParts } from './rehearsed-market.ts'

/** Longer than any run: here only a signal leads to a decision. */
const NEVER_MS = 1e12

/** What the rehearsal of a strategy plane is made of: the settings and strategies of the real one. */
export interface StrategyRehearsalParts extends RehearsalParts {
  readonly config: StrategyConfig
  readonly strategies?: readonly StrategyDefinition[]
}

/**
 * The path from order flow to an intent runs rarely, and is slow for that reason: its code and data have left the processor's
 * caches, and the compiler does not optimise it. So it is rehearsed, with a strategy plane of its own on a market of its own.
 * Each call of what this returns takes one decision: a reversal of order flow, a signal, a target, an intent, which is denied
 * before the next. It returns what the plane put out, which reaches nobody.
 */
export function strategyRehearsal({
  config,
  strategies = builtIn,
  ...parts
}: StrategyRehearsalParts): () => readonly StrategyOutput[] {
  const market = new RehearsedMarket(parts.instrument, config.intents.minIntervalMs * 1000 + 2000)
  const plane = strategyPlaneOf(strategies).build({
    ...rehearsedParts(parts),
    config: {
      ...config,
      marginVenues: [parts.instrument.venue],
      evaluationIntervalMs: NEVER_MS,
      ...eagerParameters(config, strategies),
    },
    metrics: createMetrics('strategy_plane', { processMetrics: false }),
  })
  const stepper = new Stepper(plane.core)
  for (const event of market.opening()) stepper.push('data-plane', event)

  return () => {
    stepper.push('data-plane', market.nextQuote())
    stepper.push('data-plane', market.reversal())
    const outputs = stepper.step(market.nowUs, rank.strategy)
    for (const output of outputs)
      if (output.type === 'orderIntent') stepper.push('order-plane', denialOf(output, market.nextSeq()))
    return outputs
  }
}

/** What the order plane says of an intent that it denies. */
function denialOf(intent: OrderIntent, seq: number): OrderEvent {
  const { intentId, strategy, instrument, side, orderType, quantity, effectUs: tsIntentUs } = intent
  const times = { effectUs: tsIntentUs + 1000, tsIntentUs, tsStateUs: tsIntentUs, tsPrevStateUs: tsIntentUs }
  const order = { intentId, strategy, instrument, side, orderType, quantity, requestedQuantity: quantity }
  return { type: 'orderEvent', seq, ...order, ...times, state: 'denied', reason: 'participation', filledQuantity: '0' }
}
