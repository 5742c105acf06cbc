import { field, stateSchema } from '@triplane/contracts'
import { z } from 'zod'
import { defineStrategy } from '../src/strategies/define-strategy.ts'

/** A strategy of tests, whose opinion is what `read` makes of the bid size of a quote, 0-100: 50 is flat. */
export const follower = (name: 'A' | 'B', read: (size: number) => number) =>
  defineStrategy({
    name,
    doc: 'Does what a test says.',
    parameters: z.strictObject({ factor: z.number().default(1) }).prefault({}),
    inputs: { events: ['quote'] },
    state: stateSchema({ strength: field.real }),
    create({ parameters: { factor } }, saved) {
      let strength = saved?.strength ?? 0
      return {
        on(event) {
          if (event.type !== 'quote') return []
          const said = ((read(event.bidSize) - 50) / 50) * factor
          if (said === strength) return []
          strength = said
          return [{ type: 'opinion', instrument: event.instrument, strength }]
        },
        snapshot: () => ({ strength }),
      }
    },
  })
