import { fixed } from '@triplane/kernel'
import { bookQuantity, markValue, nothingBooked, unrealized } from './position.ts'

/** Trades are "<signed quantity> @ <price>"; the quantity has 3 decimals, money 8. */
function after(trades: readonly string[]) {
  const contract = { units: 1n, scale: 0 }
  const terms = { instrument: 'BTC/USDT', quoteCurrency: 'USDT', quantityScale: 3, contract, mark: 0, markUs: 0 }
  const position = { ...terms, ...nothingBooked }
  const ends = trades.map((trade) => {
    const [quantity = '', price = ''] = trade.split(' @ ')
    const units = fixed(quantity, 3)
    return bookQuantity(position, units, units * fixed(price, 5), 0n)
  })
  return { position, ends }
}

describe('bookQuantity', () => {
  it.each([
    { name: 'opens long', trades: ['2 @ 100'], quantity: '2', basis: '200', realized: '0' },
    { name: 'adds to a long', trades: ['2 @ 100', '1 @ 130'], quantity: '3', basis: '330', realized: '0' },
    { name: 'opens short', trades: ['-2 @ 100'], quantity: '-2', basis: '-200', realized: '0' },
    { name: 'closes part of a long', trades: ['4 @ 100', '-1 @ 110'], quantity: '3', basis: '300', realized: '10' },
    { name: 'closes part of a short', trades: ['-4 @ 100', '1 @ 110'], quantity: '-3', basis: '-300', realized: '-10' },
    { name: 'closes all', trades: ['4 @ 100', '-4 @ 90'], quantity: '0', basis: '0', realized: '-40' },
    { name: 'flips long to short', trades: ['2 @ 100', '-5 @ 110'], quantity: '-3', basis: '-330', realized: '20' },
    { name: 'flips short to long', trades: ['-2 @ 100', '5 @ 110'], quantity: '3', basis: '330', realized: '-20' },
    {
      name: 'rounds the share of the basis half to even and leaves the rest',
      trades: ['0.003 @ 0.00001', '-0.001 @ 0.00001', '-0.001 @ 0.00001'],
      quantity: '0.001',
      basis: '0.00000001',
      realized: '0',
    },
  ])('$name', ({ trades, quantity, basis, realized }) => {
    const { position } = after(trades)
    expect(position).toMatchObject({
      quantity: fixed(quantity, 3),
      costBasis: fixed(basis, 8),
      realized: fixed(realized, 8),
    })
  })

  it.each([
    { trades: ['1 @ 100', '-1 @ 101'], ends: ['open', 'won'] },
    { trades: ['1 @ 100', '-1 @ 100'], ends: ['open', 'lost'] },
    { trades: ['-1 @ 100', '2 @ 99', '-1 @ 98'], ends: ['open', 'won', 'lost'] },
    { trades: ['2 @ 100', '-1 @ 110', '-1 @ 95'], ends: ['open', 'open', 'won'] },
  ])('ends round trips $ends', ({ trades, ends }) => {
    expect(after(trades).ends).toEqual(ends)
  })

  it('counts fees against a round trip and splits them in a flip by quantity', () => {
    const position = { ...nothingBooked }
    bookQuantity(position, 1n, 100n, 6n)
    expect(bookQuantity(position, -3n, -330n, 9n)).toBe('won')
    expect(position).toMatchObject({ realized: -5n, fees: 15n, roundTripResult: -6n })
  })
})

describe('derived amounts', () => {
  it('values a short at its mark', () => {
    const { position } = after(['-2 @ 100'])
    position.mark = 90.5
    expect(markValue(position)).toBe(fixed('-181', 8))
    expect(unrealized(position)).toBe(fixed('19', 8))
  })
})
