import type { Mark, EventDraft } from '@triplane/contracts'
import { aQuote, aTrade } from '@triplane/testing'
import { createMarkPicker, type MarkPickerSnapshot } from './mark-picker.ts'

const SECOND = 1_000_000
const of = { source: 'sim', instrument: 'BTC/USDT@sim' }

/** A picker at a book that tests set, and the marks that it emits: "1 s quote 100 aged 0 s". */
function newPicker() {
  const touch = { isValid: false, bid: Number.NaN, ask: Number.NaN }
  const book = {
    get isValid() {
      return touch.isValid
    },
    book: { bidPrice: () => touch.bid, askPrice: () => touch.ask } as never,
  }
  const build = (snapshot?: MarkPickerSnapshot) => createMarkPicker({ ...of, book, freshUs: 3 * SECOND }, snapshot)
  const marks: string[] = []
  const emit = ({ tsRecvUs, kind, price, ageUs }: EventDraft<Mark>) =>
    marks.push(`${tsRecvUs / SECOND} s ${kind} ${price} aged ${ageUs / SECOND} s`)
  let picker = build()
  return {
    marks,
    quote: (s: number, bid: number, ask: number) => picker.onQuote(aQuote({ tsRecvUs: s * SECOND, bid, ask }), emit),
    trade: (s: number, price: number) => picker.onTrade(aTrade({ tsRecvUs: s * SECOND, price }), emit),
    book(s: number, bid: number, ask: number) {
      Object.assign(touch, { isValid: true, bid, ask })
      picker.onBook(s * SECOND, emit)
    },
    loseBook: () => Object.assign(touch, { isValid: false, bid: Number.NaN, ask: Number.NaN }),
    disconnect: () => picker.onDisconnect(),
    time: (s: number) => picker.onTime(s * SECOND, emit),
    restore: () => (picker = build(JSON.parse(JSON.stringify(picker.snapshot())) as MarkPickerSnapshot)),
  }
}

describe('a mark', () => {
  it('uses the first known price, and a better kind at once', () => {
    const { marks, ...picker } = newPicker()
    picker.time(1)
    picker.trade(1.1, 99)
    picker.trade(1.2, 98)
    picker.book(1.3, 99, 101)
    picker.quote(1.4, 100, 101)
    picker.quote(1.5, 100, 102)
    expect(marks).toEqual(['1.1 s trade 99 aged 0 s', '1.3 s book 100 aged 0 s', '1.4 s quote 100.5 aged 0 s'])
  })

  it('is emitted again when the same price is confirmed, and not without news', () => {
    const { marks, ...picker } = newPicker()
    picker.quote(1, 100, 102)
    picker.time(1)
    picker.quote(1.5, 100, 102)
    for (const s of [2, 3, 4, 60]) picker.time(s)
    expect(marks).toEqual(['1 s quote 101 aged 0 s', '2 s quote 101 aged 0.5 s'])
  })

  it('uses the book once the quote is not fresh, and the last trade without a book', () => {
    const { marks, ...picker } = newPicker()
    picker.quote(1, 100, 102)
    picker.book(3, 200, 202)
    picker.time(4)
    picker.time(4.5)
    picker.loseBook()
    picker.trade(5, 150)
    picker.time(6)
    expect(marks).toEqual(['1 s quote 101 aged 0 s', '4.5 s book 201 aged 1.5 s', '6 s trade 150 aged 1 s'])
  })

  it('does not go back to an older price', () => {
    const { marks, ...picker } = newPicker()
    picker.trade(1, 150)
    picker.book(2, 100, 102)
    picker.quote(3, 100, 104)
    picker.loseBook()
    picker.time(60)
    expect(marks.at(-1)).toBe('3 s quote 102 aged 0 s')
  })

  it('uses no book without a side, and no quote or trade from before a disconnect', () => {
    const { marks, ...picker } = newPicker()
    picker.quote(1, 100, 102)
    picker.disconnect()
    picker.book(5, 100, Number.NaN)
    picker.time(6)
    picker.trade(6.5, 90)
    picker.time(7)
    expect(marks).toEqual(['1 s quote 101 aged 0 s', '7 s trade 90 aged 0.5 s'])
  })

  it('continues from a snapshot taken anywhere', () => {
    const run = (restores: boolean) => {
      const { marks, ...picker } = newPicker()
      const steps = [
        () => picker.trade(1, 150),
        () => picker.book(2, 100, 102),
        () => picker.quote(2.5, 100, 104),
        () => picker.time(3),
        () => picker.trade(6, 99),
        () => picker.time(7),
        () => picker.disconnect(),
        () => picker.time(8),
        () => picker.quote(9, 50, 52),
        () => picker.time(10),
      ]
      for (const step of steps) {
        step()
        if (restores) picker.restore()
      }
      return marks
    }
    expect(run(true)).toEqual(run(false))
    expect(run(false).length).toBeGreaterThan(3)
  })
})
