import { field, stateSchema, type InstrumentId } from '@triplane/contracts'
import { z } from 'zod'
import { defineStrategy } from './define-strategy.ts'
import { unchanged } from './strategy.ts'

export const momentum = defineStrategy({
  name: 'MOM',
  doc: 'Follows the return of the last bars, in deviations of it (time-series momentum: Moskowitz, Ooi and Pedersen 2012).',
  parameters: z
    .strictObject({
      bars: z.int().min(2).max(1440).default(30).describe('minutes that the return is measured over'),
      fullAtDeviations: z.number().gt(0).max(10).default(2).describe('a return of so many deviations has strength 1'),
      minChange: z.number().gt(0).max(1).default(0.1).describe('smallest change of strength that is said'),
    })
    .prefault({}),
  inputs: { bars: ['1m'] },
  warmUp: ({ bars }) => [{ timeframe: '1m', bars: bars + 1 }],
  state: field.list(stateSchema({ instrument: field.text, closes: field.list(field.real), strength: field.real })),

  create({ parameters: { bars, fullAtDeviations, minChange } }, saved = []) {
    const trends = new Map(
      saved.map(({ instrument, closes, strength }) => [instrument, { closes: [...closes], strength }]),
    )

    function say(instrument: InstrumentId, strength: number) {
      const trend = trends.get(instrument)
      const change = Math.abs(strength - (trend?.strength ?? 0))
      if (!trend || change === 0 || (change < minChange && strength !== 0)) return unchanged
      trend.strength = strength
      return [{ type: 'opinion' as const, instrument, strength }]
    }

    function forget(instrument: InstrumentId) {
      const said = say(instrument, 0)
      trends.delete(instrument)
      return said
    }

    /** The instrument's trend with one more close. */
    function follow(instrument: InstrumentId, close: number) {
      const trend = trends.get(instrument) ?? { closes: [], strength: 0 }
      trends.set(instrument, trend)
      trend.closes.push(close)
      if (trend.closes.length > bars + 1) trend.closes.splice(0, trend.closes.length - bars - 1)
      return trend
    }

    return {
      onPastBar({ instrument, close }) {
        follow(instrument, close)
      },

      on(event) {
        if (event.type !== 'bar' || event.revised) return unchanged
        // Its close may belong to trades that are missing.
        if (event.incomplete) return forget(event.instrument)
        const { closes } = follow(event.instrument, event.close)
        return closes.length > bars ? say(event.instrument, strengthOf(closes, fullAtDeviations)) : unchanged
      },

      snapshot: () =>
        Array.from(trends, ([instrument, { closes, strength }]) => ({ instrument, closes: [...closes], strength })),
    }
  },
})

/** The return over all closes divided by realised volatility, the root of the sum of squared returns. */
function strengthOf(closes: readonly number[], fullAtDeviations: number): number {
  let squares = 0
  for (let i = 1; i < closes.length; i++) squares += returnOf(closes, i - 1, i) ** 2
  const deviations = squares > 0 ? returnOf(closes, 0, closes.length - 1) / Math.sqrt(squares) : 0
  return Math.max(-1, Math.min(1, deviations / fullAtDeviations))
}

function returnOf(closes: readonly number[], from: number, to: number): number {
  return (closes[to] ?? NaN) / (closes[from] ?? NaN) - 1
}
