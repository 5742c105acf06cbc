import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A user's strategy that subscribes to trades only: it follows the side with more volume in the last hundred. */
const TAPE = `
  import { field, stateSchema } from '@triplane/contracts'
  import { defineStrategy, unchanged } from '@triplane/strategy'
  import { z } from 'zod'

  export default defineStrategy({
    name: 'TAPE',
    doc: 'Holds with the aggressors of the last trades.',
    parameters: z.strictObject({ trades: z.int().min(1).max(1000).default(100) }).prefault({}),
    inputs: { events: ['trade'] },
    state: field.list(stateSchema({ instrument: field.text, signed: field.list(field.real), strength: field.real })),
    create({ universe, parameters: { trades } }, saved = []) {
      const tapes = new Map<string, { signed: number[]; strength: number }>(
        saved.map(({ instrument, signed, strength }) => [instrument, { signed: [...signed], strength }]),
      )
      return {
        on(event) {
          if (event.type !== 'trade') throw new Error('Expected a trade, was ' + event.type)
          const tape = tapes.get(event.instrument) ?? { signed: [], strength: 0 }
          tapes.set(event.instrument, tape)
          tape.signed.push(event.aggressor === 'buy' ? event.size : -event.size)
          if (tape.signed.length > trades) tape.signed.shift()
          if (tape.signed.length < trades) return unchanged
          const total = tape.signed.reduce((sum, size) => sum + Math.abs(size), 0)
          const imbalance = tape.signed.reduce((sum, size) => sum + size, 0) / total
          const strength = imbalance > 0.2 ? 1 : imbalance < -0.2 ? -1 : 0
          if (strength === tape.strength) return unchanged
          tape.strength = strength
          return [{ type: 'opinion', instrument: event.instrument, strength }]
        },
        snapshot: () => Array.from(tapes, ([instrument, { signed, strength }]) => ({ instrument, signed: [...signed], strength })),
      }
    },
  })`

/** Writes it to its own folder below `folder`, and returns that path. */
export function writeTapeStrategy(folder: string): string {
  const path = join(folder, 'tape')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'tape.ts'), TAPE)
  return path
}
