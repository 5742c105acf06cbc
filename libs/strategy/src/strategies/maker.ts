import { field, stateSchema, type InstrumentId } from '@triplane/contracts'
import { z } from 'zod'
import { defineStrategy } from './define-strategy.ts'
import { unchanged, type RequestedOrder } from './strategy.ts'

const usd = (byDefault: number) => z.number().positive().max(1e12).default(byDefault)

export const maker = defineStrategy({
  name: 'MM',
  doc: 'Quotes both sides behind the touch, the more cautiously the more it holds (after Avellaneda and Stoikov 2008).',
  parameters: z
    .strictObject({
      halfSpreadBps: z.number().gt(0).max(1000).default(2).describe('distance of each side from the middle'),
      quoteUsd: usd(500).describe('size of each side'),
      maxPositionUsd: usd(2_000).describe('most that it holds of an instrument, on either side'),
      skewBps: z.number().min(0).max(1000).default(2).describe('how far a full position moves the middle'),
      requoteBps: z.number().gt(0).max(1000).default(1).describe('a quote is moved when it is so far from its place'),
    })
    .prefault({}),
  inputs: { events: ['quote'] },
  limits: ({ quoteUsd, maxPositionUsd }) => ({ maxOrderUsd: quoteUsd, maxPositionUsd }),
  state: field.list(stateSchema({ instrument: field.text, middle: field.real })),

  create({ parameters, position }, saved = []) {
    const { halfSpreadBps, quoteUsd, maxPositionUsd, skewBps, requoteBps } = parameters
    /** The mid price each instrument is quoted around. */
    const middles = new Map(saved.map(({ instrument, middle }) => [instrument, middle]))

    /** The price at which it would as soon buy as sell. */
    function middleOf(instrument: InstrumentId, mid: number): number {
      const fullness = Math.max(-1, Math.min(1, (position(instrument) * mid) / maxPositionUsd))
      return mid * (1 - (fullness * skewBps) / 10_000)
    }

    return {
      on(event) {
        if (event.type !== 'quote') return unchanged
        const { instrument, bid, ask } = event
        const middle = middleOf(instrument, (bid + ask) / 2)
        const quoted = middles.get(instrument) ?? 0
        if (Math.abs(middle - quoted) * 10_000 < requoteBps * quoted) return unchanged
        middles.set(instrument, middle)
        const half = (middle * halfSpreadBps) / 10_000
        const order = (key: string, side: 'BUY' | 'SELL', limitPrice: number): RequestedOrder => ({
          key,
          side,
          quantity: quoteUsd / middle,
          limitPrice,
          timeInForce: 'GTC',
        })
        // A maker never takes: quotes at the touch or behind it.
        const orders = [
          order('bid', 'BUY', Math.min(middle - half, bid)),
          order('ask', 'SELL', Math.max(middle + half, ask)),
        ]
        return [{ type: 'orders', instrument, orders }]
      },

      onHole(instrument) {
        return middles.delete(instrument) ? [{ type: 'orders', instrument, orders: [] }] : unchanged
      },

      snapshot: () => Array.from(middles, ([instrument, middle]) => ({ instrument, middle })),
    }
  },
})
