import { anInstrument, anIntent, lots, NOW_US, terms } from '../../test/builders.ts'
import { OrderStore } from '../orders/order-store.ts'
import { closingUnits } from './closing-units.ts'

const order = (fields: Parameters<typeof anIntent>[0] = {}) => new OrderStore(1).receive(anIntent(fields), 8, NOW_US)

describe('the closing part of an order', () => {
  it.each([
    { name: 'all that can be closed', closable: lots(3), want: lots(3) },
    { name: 'whole lots only', closable: lots(3) + 1n, want: lots(3) },
    { name: 'nothing below a lot', closable: lots(1) - 1n, want: 0n },
    { name: 'nothing that the venue would not take', closable: lots(1), want: 0n },
    { name: 'what just reaches the smallest value', closable: lots(2), want: lots(2) },
    {
      name: 'less where the order only reduces and the venue exempts that',
      closable: lots(1),
      reduceOnly: true,
      want: lots(1),
    },
  ])('is $name', ({ closable, reduceOnly = false, want }) => {
    expect(closingUnits(order({ reduceOnly }), closable, anInstrument())).toBe(want)
  })

  it('of a market order is measured at the touch, and is 0 without one', () => {
    const { limitPrice: _, ...market } = anIntent({ orderType: 'MARKET' })
    const atMarket = new OrderStore(1).receive(market, 8, NOW_US)
    expect(closingUnits(atMarket, lots(2), anInstrument())).toBe(lots(2))
    expect(closingUnits(atMarket, lots(2), anInstrument({ ask: Number.NaN }))).toBe(0n)
    expect(terms.minNotional).toBe(100)
  })
})
