import type { Capture } from '../capture.ts'
import type { Contender } from '../contender.ts'

/** The yardstick: JSON.parse of the same bytes, and nothing else. */
export function parseOnly({ bytes, frames }: Capture): Contender {
  return {
    name: 'JSON.parse only',
    isYardstick: true,
    prepare: async () => () => {
      for (const { start, end } of frames) JSON.parse(bytes.toString('utf8', start, end))
    },
  }
}
