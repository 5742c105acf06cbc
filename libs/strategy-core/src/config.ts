import { accountSchema } from '@triplane/settings'
import {
  defaultStrategies,
  parameterShape,
  settingsKey,
  strategies,
  type ParameterShape,
  type StrategyDefinition,
} from '@triplane/strategy'
import { z } from 'zod'

const usd = (byDefault: number) => z.number().positive().max(1e12).default(byDefault)
const ms = (byDefault: number, least = 1) => z.number().int().min(least).max(86_400_000).default(byDefault)

const weight = z.number().gt(0).max(1)

const settings = {
  ...accountSchema.shape,
  strategies: z
    .array(z.string())
    .min(1)
    .default([...defaultStrategies])
    .describe('the strategies that run, by name'),
  strategyWeights: z
    .record(z.string(), weight)
    .default({})
    .describe('share of a strategy in its target, 0-1; 1 where it is not named'),
  evaluationIntervalMs: ms(1000, 100).describe('how often kill switches are judged and the portfolio is published'),
  markAgeLimitMs: ms(10_000).describe('a position whose mark is older is said to be valued at a stale one'),
  portfolio: z
    .strictObject({
      symbolLimitUsd: usd(5_000).describe('target of a signal of strength 1'),
      grossLimitUsd: usd(15_000).describe('most for the sum of absolute targets'),
      netLimitUsd: usd(10_000).describe('most for the absolute sum of targets'),
    })
    .prefault({}),
  intents: z
    .strictObject({
      minTradeUsd: usd(50).describe('smaller differences between position and target are left alone'),
      maxOrderUsd: usd(1_000).describe('larger differences are traded in several orders'),
      urgentTradeUsd: usd(2_000).describe('from this difference on an order crosses the spread'),
      collarTicks: z
        .number()
        .int()
        .min(0)
        .max(10_000)
        .default(5)
        .describe('how far beyond the touch it may then trade'),
      repriceBps: z
        .number()
        .min(0)
        .max(1000)
        .default(1)
        .describe('a resting order so far behind the touch is replaced'),
      maxQuoteAgeMs: ms(5000).describe('no intent is sent on a quote older than this'),
      validityMs: ms(2000).describe('an intent is refused as expired so long after the decision'),
      minIntervalMs: ms(500, 0).describe('time between two intents of an instrument'),
      answerGraceMs: ms(2000).describe('an unanswered intent or cancel is given up so long after its time'),
    })
    .prefault({}),
  killSwitches: z
    .strictObject({
      confirmations: z.number().int().min(1).max(1000).default(3).describe('evaluations in a row that must agree'),
      lossLimitUsd: usd(400).describe('loss of the run'),
      drawdownLimitRatio: z.number().gt(0).max(1).default(0.004).describe('fall from the highest equity'),
      silenceLimitMs: ms(5000, 100).describe('no data of a whole source while a session of it is open'),
      staleExposureLimitRatio: z
        .number()
        .gt(0)
        .max(1)
        .default(0.5)
        .describe('share of gross exposure that may be in stale instruments'),
      releaseAfterMs: ms(60_000, 1000).describe('`stale_data` is released by itself when sources were healthy so long'),
      maxReleases: z
        .number()
        .int()
        .min(0)
        .max(1000)
        .default(3)
        .describe('releases by itself within the window, before it latches; 0: it always latches'),
      releaseWindowMs: ms(3_600_000, 1000).describe('market time over which those releases are counted'),
    })
    .prefault({}),
}

/** The settings of the plane's core and of its strategies, each under its key. */
export function strategyConfigOf(definitions: readonly StrategyDefinition[]) {
  const names = definitions.map(({ name }) => name)
  const isKnown = (name: string) => names.includes(name)
  const known = `Expected strategies of ${names.join(', ')}, each once`
  return z.strictObject({
    ...settings,
    strategies: settings.strategies.refine((all) => all.every(isKnown) && new Set(all).size === all.length, known),
    strategyWeights: settings.strategyWeights.refine((weights) => Object.keys(weights).every(isKnown), known),
    ...(parameterShape(definitions) as ParameterShape),
  })
}

/** Every setting of the strategy plane's core. Times are market time. */
export const strategyConfigSchema = strategyConfigOf(strategies)

/** The configured parameters of a strategy. */
export function parametersOf(config: StrategyConfig, definition: StrategyDefinition): unknown {
  return (config as Readonly<Record<string, unknown>>)[settingsKey(definition)]
}

/** Parameters that make the strategies of a run signal at once, by key. */
export function eagerParameters(
  config: StrategyConfig,
  definitions: readonly StrategyDefinition[],
): Partial<StrategyConfig> {
  const eager = definitions.map((definition) => [
    settingsKey(definition),
    definition.eager(parametersOf(config, definition)) ?? parametersOf(config, definition),
  ])
  return Object.fromEntries(eager) as Partial<StrategyConfig>
}

export type StrategyConfig = z.infer<typeof strategyConfigSchema>

/**
 * The longest time an input can have effects: confirming a silence, waiting for an answer to an order, ageing of a
 * mark.
 */
export function longestLimitUs({
  evaluationIntervalMs,
  markAgeLimitMs,
  intents,
  killSwitches,
}: StrategyConfig): number {
  const { silenceLimitMs, confirmations } = killSwitches
  const orderMs = intents.validityMs + intents.answerGraceMs
  const silenceMs = silenceLimitMs + (confirmations + 1) * evaluationIntervalMs + orderMs
  return Math.max(silenceMs, markAgeLimitMs + evaluationIntervalMs) * 1000
}
