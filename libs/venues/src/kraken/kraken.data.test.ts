import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBookKeeper, type BookKeeper, type BookRule, type NormalizedEvent } from '@triplane/market-data'
import { describeWithData } from '@triplane/testing'
import { aFrame, aKrakenInstrument } from '../../test/kraken-frames.ts'
import { createNormalizer } from '../normalizer.ts'
import { bookChecksum } from './book-checksum.ts'

interface Reference {
  readonly bookMessages: number
  readonly crc32Checked: number
  readonly final: Readonly<
    Record<
      string,
      {
        readonly bids: readonly (readonly string[])[]
        readonly asks: readonly (readonly string[])[]
        readonly nBids: number
        readonly nAsks: number
      }
    >
  >
}

const LINE = /^\d{10}(?:\.\d+)?: (.*)$/gm

describeWithData('Kraken of 2021', (folder) => {
  const reference = JSON.parse(
    readFileSync(join(folder, 'reference', 'cryptofeed', 'KRAKEN_2021-04-17.json'), 'utf8'),
  ) as Reference
  const pairs = Object.keys(reference.final)
  const instruments = pairs.map(aKrakenInstrument)
  const pairOf = new Map(instruments.map(({ symbol, venueSymbol }) => [`${symbol}@kraken`, venueSymbol]))

  /** The events in the frames of a capture, and the number of frames without any. Throws for a refused one. */
  function readAll(name: string) {
    const normalizer = createNormalizer(instruments)
    const events: NormalizedEvent[] = []
    let controls = 0
    for (const [, text = ''] of readFileSync(join(folder, 'cryptofeed_ws', name), 'latin1').matchAll(LINE)) {
      const understood = normalizer.read(aFrame(text), 1)
      if (understood.length === 0) controls++
      for (const one of understood) {
        if (!one.ok) throw new Error(`${one.error.detail}: ${text}`)
        events.push(one.value)
      }
    }
    return { events, controls }
  }

  /** Keeps the books of events: every pair's keeper, the number of checksums compared, and the statuses of books. */
  function keepAll(events: readonly NormalizedEvent[]) {
    const counts = { compared: 0 }
    const rule: BookRule = {
      kind: 'checksum',
      checksum(bids: readonly string[], asks: readonly string[]) {
        counts.compared++
        return bookChecksum(bids, asks)
      },
    }
    const said: string[] = []
    const keepers = new Map<string, BookKeeper>()
    const emit: Parameters<BookKeeper['onDelta']>[1] = (event) => {
      if (event.type === 'marketStatus') said.push([event.status, event.reason].filter(Boolean).join(' '))
    }
    for (const event of events) {
      if (event.type !== 'bookSnapshot' && event.type !== 'bookDelta') continue
      const { instrument } = event
      const keeper =
        keepers.get(instrument) ?? createBookKeeper({ rule, tickSize: '0.1', source: 'capture', instrument })
      keepers.set(instrument, keeper)
      if (event.type === 'bookDelta') keeper.onDelta(event, emit)
      else keeper.onSnapshot(event, emit)
    }
    return { keepers, said, ...counts }
  }

  it('compares every checksum and finds it equal; the books match an independent calculation', () => {
    const { events, controls } = readAll('KRAKEN.ws.50.0')
    expect([events.length, controls]).toEqual([reference.bookMessages, 42])
    const { keepers, said, compared } = keepAll(events)
    const deltas = events.filter(({ type }) => type === 'bookDelta')
    expect(deltas.length).toBe(reference.crc32Checked)
    expect([compared, compared]).toEqual([reference.crc32Checked, 4_269])
    // None of them was a gap.
    expect(said).toEqual(pairs.map(() => 'book_valid'))
    for (const [instrument, { book }] of keepers) {
      const want = reference.final[pairOf.get(instrument) ?? '']
      const { bids, asks } = book.snapshot()
      expect([bids.length / 2, asks.length / 2]).toEqual([want?.nBids, want?.nAsks])
      expect(bids.slice(0, 20)).toEqual(want?.bids.flat().map(Number))
      expect(asks.slice(0, 20)).toEqual(want?.asks.flat().map(Number))
    }
    expect([...keepers.keys()].map((instrument) => pairOf.get(instrument)).sort()).toEqual([...pairs].sort())
  })

  it('detects a single altered level at the next checksum', () => {
    const { events } = readAll('KRAKEN.ws.50.0')
    const at = events.findIndex(({ type, instrument }) => type === 'bookSnapshot' && instrument === 'XMR/USD@kraken')
    const spoilt = events[at]
    if (spoilt?.type !== 'bookSnapshot' || spoilt.proof === undefined) throw new Error('Expected a snapshot')
    const { proof, bids } = spoilt
    const wrong = { ...spoilt, bids: bids.with(5, 7), proof: { ...proof, bids: proof.bids.with(5, '7.00000000') } }
    const next = events.findIndex(({ type, instrument }) => type === 'bookDelta' && instrument === spoilt.instrument)
    const valid = pairs.map(() => 'book_valid')
    expect(keepAll(events.with(at, wrong).slice(0, next)).said).toEqual(valid)
    const { said, keepers } = keepAll(events.with(at, wrong))
    expect(said).toEqual([...valid, 'gap checksum', 'book_invalid checksum'])
    expect([...keepers].flatMap(([id, { isValid }]) => (isValid ? [] : [id]))).toEqual([spoilt.instrument])
    expect(keepAll(events.with(at, wrong).slice(0, next + 1)).said).toEqual(said)
  })

  it('reads every trade, and ignores the ticker', () => {
    const trades = readAll('KRAKEN.ws.48.0')
    expect([trades.events.length, trades.controls]).toEqual([10, 41])
    expect(new Set(trades.events.map(({ type }) => type))).toEqual(new Set(['trade']))
    expect(readAll('KRAKEN.ws.49.0')).toEqual({ events: [], controls: 60 })
  })
})
