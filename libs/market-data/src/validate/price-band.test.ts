import type { Quote, Trade } from '@triplane/contracts'
import { aQuote, aTrade } from '@triplane/testing'
import fc from 'fast-check'
import { createClockOffset } from './clock-offset.ts'
import { createEventValidator } from './event-validator.ts'
import type { Touch } from './price-band.ts'

const buy = (price: number) => aTrade({ price, aggressor: 'buy' })
const sell = (price: number) => aTrade({ price, aggressor: 'sell' })
const quote = (bid: number, ask: number) => aQuote({ bid, ask })
const again = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item)

/** The indexes of the events refused as outliers; ids are assigned here. */
function refused(events: readonly (Trade | Quote)[], touch?: Touch, maxJumpRatio = 0.1): number[] {
  const validator = createEventValidator({
    clock: createClockOffset(),
    priceBand: { maxJumpRatio },
    ...(touch && { touch }),
  })
  return events.flatMap((event, i) => {
    const refusal = validator.validate(
      event.type === 'trade' ? { ...event, tradeId: i + 1 } : { ...event, updateId: i + 1 },
    )
    if (refusal) expect(refusal.code).toBe('price_band')
    return refusal ? [i] : []
  })
}

describe('the band around a wide market', () => {
  it('lets a new listing trade at both sides of its quote', () => {
    expect(refused([quote(1, 1.5), buy(1.5), sell(1), quote(1, 1.5), buy(1.2), sell(1), buy(1.5)])).toEqual([])
  })

  it('lets it trade at both sides of its book, where there are no quotes', () => {
    expect(refused([sell(1), buy(1.5), sell(1), buy(1.5)], { bid: () => 1, ask: () => 1.5 })).toEqual([])
    expect(refused([sell(1), buy(1.5), sell(1)], { bid: () => Number.NaN, ask: () => 1.5 })).toEqual([1])
  })

  it('learns both sides from trades alone, five per side', () => {
    const turns = again(7, [sell(1), buy(1.5)]).flat()
    expect(refused(turns)).toEqual([1, 3, 5, 7])
  })

  it('measures each side from its own recent median', () => {
    const wide = again(5, quote(1, 1.5))
    expect(refused([...wide, quote(0.95, 1.6), buy(1.64), sell(0.91)])).toEqual([])
    expect(refused([...wide, buy(1.66), quote(1, 1.7), quote(0.8, 1.5)])).toEqual([5, 6, 7])
  })

  it('uses the given ratio', () => {
    expect(refused([quote(1, 1.01), buy(1.4), quote(1.3, 1.4)], undefined, 0.5)).toEqual([])
  })
})

describe('a wild quote', () => {
  it.each<{ name: string; wild: Quote }>([
    { name: 'of both sides', wild: quote(1000, 1001) },
    { name: 'with a good bid', wild: quote(100, 1000) },
    { name: 'with a good ask', wild: quote(1, 101) },
  ])('$name does not widen the band', ({ wild }) => {
    const before = again(3, quote(100, 101))
    expect(refused([...before, wild, buy(500), sell(20), buy(101), sell(100), quote(100, 101)])).toEqual([3, 4, 5])
  })

  it('that comes first is corrected by the next', () => {
    expect(refused([quote(100, 1000), quote(100, 101), buy(500), quote(100.5, 102), buy(102)])).toEqual([2])
    expect(refused([quote(1, 101), quote(100, 101), sell(50), quote(101.5, 102), sell(101.5)])).toEqual([2])
  })

  it('is refused when trades alone contradict it', () => {
    expect(refused([buy(100), sell(100), quote(990, 1000), quote(99, 101)])).toEqual([2])
  })
})

describe('a move of the market', () => {
  it('is believed when five quotes agree; trades at them follow at once', () => {
    const crash = [...again(5, quote(100, 101)), ...again(5, quote(50, 51)), sell(50), quote(50, 52), buy(52)]
    expect(refused(crash)).toEqual([5, 6, 7, 8])
  })

  it('is believed when five trades of a side agree, even while quotes stand still', () => {
    const crash = [quote(100, 101), ...again(5, sell(50)), sell(50.5), sell(49), quote(100, 101), buy(101)]
    expect(refused(crash)).toEqual([1, 2, 3, 4])
  })
})

it('admits every trade from the bid to the ask of the newest good quote', () => {
  const price = fc.integer({ min: 1, max: 1000 })
  const quotes = fc.array(fc.tuple(price, price, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 })
  fc.assert(
    fc.property(quotes, (steps) => {
      const validator = createEventValidator({ clock: createClockOffset() })
      for (const [i, [a, b, share]] of steps.entries()) {
        const [bid, ask] = a < b ? [a, b] : [b, a + 1]
        if (validator.validate(aQuote({ updateId: i + 1, bid, ask }))) continue
        const inside = Math.min(ask, bid + share * (ask - bid))
        expect(validator.validate(aTrade({ tradeId: i + 1, price: inside }))).toBeUndefined()
      }
    }),
  )
})
