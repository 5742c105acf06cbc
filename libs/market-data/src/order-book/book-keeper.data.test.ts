import { describeWithData, levelNumbers, type GapCase } from '@triplane/testing'
import {
  readJson,
  recordedEvents,
  recordings,
  snapshotEvent,
  type Message,
  type Recording,
} from '../../test/recorded-events.ts'
import { idRules } from './book-rule.ts'
import { createBookKeeper, type BookEvent, type BookKeeper } from './book-keeper.ts'

interface Checkpoint {
  readonly line: number
  readonly u: number
  readonly bid: string
  readonly bidQty: string
  readonly ask: string
  readonly askQty: string
  readonly nBids: number
  readonly nAsks: number
}

interface BookReference {
  readonly book: {
    readonly depthApplied: number
    readonly lastU: number
    readonly bookTickerCrossChecks: number
    readonly checkpoints: readonly Checkpoint[]
    readonly finalBids: readonly (readonly string[])[]
    readonly finalAsks: readonly (readonly string[])[]
    readonly finalLevels: readonly number[]
  }
}

const keeperOf = ({ rule, venue, symbol }: Recording) =>
  createBookKeeper({ rule: idRules[rule], tickSize: '0.01', source: 'capture', instrument: `${symbol}@${venue}` })
const top = ({ book }: BookKeeper) => [book.bidPrice(0), book.bidSize(0), book.askPrice(0), book.askSize(0)]

describeWithData('books of recorded markets', (folder) => {
  it.each(recordings)('equals the independent best quotes of $symbol on $venue', (recording) => {
    const { book: want } = readJson(folder, 'reference/binance', recording.reference) as BookReference
    const checkpoints = new Map(want.checkpoints.map((checkpoint) => [checkpoint.line, checkpoint]))
    const keeper = keeperOf(recording)
    const events: BookEvent[] = []
    const emit = (event: BookEvent) => events.push(event)
    const quotes = new Map<number, readonly number[]>()
    let equal = 0
    let deltas = 0

    for (const { line, event } of recordedEvents(folder, recording)) {
      if (event.type === 'quote') {
        quotes.set(event.updateId as number, [event.bid, event.bidSize, event.ask, event.askSize])
      } else if (event.type === 'bookSnapshot') {
        expect(keeper.onSnapshot(event, emit)).toBeUndefined()
      } else if (event.type === 'bookDelta') {
        deltas++
        keeper.onDelta(event, emit)
        const quote = quotes.get(event.lastUpdateId as number)
        if (quote && keeper.isValid) {
          expect(top(keeper)).toEqual(quote)
          equal++
        }
      }
      const checkpoint = checkpoints.get(line)
      if (checkpoint) {
        const { u, bid, bidQty, ask, askQty, nBids, nAsks } = checkpoint
        expect([keeper.lastUpdateId, ...top(keeper)]).toEqual([u, +bid, +bidQty, +ask, +askQty])
        expect([keeper.book.bidCount, keeper.book.askCount]).toEqual([nBids, nAsks])
      }
    }

    expect(deltas).toBe(recording.depth)
    expect(equal).toBe(want.bookTickerCrossChecks)
    expect(keeper.isValid).toBe(true)
    expect(keeper.lastUpdateId).toBe(want.lastU)
    expect([keeper.book.bidCount, keeper.book.askCount]).toEqual(want.finalLevels)
    expect(keeper.book.snapshot(20)).toEqual({ bids: levelNumbers(want.finalBids), asks: levelNumbers(want.finalAsks) })
    expect(countsOf(events)).toEqual({ bookSnapshot: 1, bookDelta: want.depthApplied, book_valid: 1 })
  })

  it.each(['gap_usdm_btcusdt_single', 'gap_spot_btcusdt'])('recovers from %s', (name) => {
    const gapCase = readJson(folder, 'reference/gap_cases', `${name}.json`) as GapCase
    const recording = recordings.find(({ files }) => files[0] === gapCase.files[0]) as Recording
    const recovery = readJson(folder, 'reference/gap_cases', gapCase.snapshotFile) as Message
    const { line: gapLine, U, pu, lastGoodU } = gapCase.expectedGapDetectedAt
    const keeper = keeperOf(recording)
    const events: BookEvent[] = []
    const emit = (event: BookEvent) => events.push(event)
    const validChanges: [line: number, isValid: boolean][] = []

    const feed = (line: number, handle: () => void) => {
      const wasValid = keeper.isValid
      handle()
      if (keeper.isValid !== wasValid) validChanges.push([line, keeper.isValid])
    }
    for (const { line, event } of recordedEvents(folder, recording)) {
      if (gapCase.removeLines.includes(line)) continue
      if (event.type === 'bookDelta') feed(line, () => keeper.onDelta(event, emit))
      if (event.type === 'bookSnapshot') feed(line, () => keeper.onSnapshot(event, emit))
      if (line === gapCase.snapshotAfterLine) {
        const { source, instrument, tsRecvUs } = event
        const snapshot = snapshotEvent(recovery, { seq: 0, source, instrument, tsRecvUs })
        feed(line, () => keeper.onSnapshot(snapshot, emit))
      }
    }

    expect(validChanges.slice(1)).toEqual([
      [gapLine, false],
      [gapCase.snapshotAfterLine, true],
    ])
    const missing = pu === null ? U - lastGoodU - 1 : pu - lastGoodU
    expect(events).toContainEqual(expect.objectContaining({ status: 'gap', missing }))
    expect(countsOf(events)).toMatchObject({ bookSnapshot: 2, gap: 1, book_invalid: 1, book_valid: 2 })
    const { lastU, bids, asks } = gapCase.expectedFinalTop50
    expect(keeper.lastUpdateId).toBe(lastU)
    expect(keeper.book.snapshot(50)).toEqual({ bids: levelNumbers(bids), asks: levelNumbers(asks) })
  })
})

/** Number of events by type, statuses by their code. */
function countsOf(events: readonly BookEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const event of events) {
    const name = event.type === 'marketStatus' ? event.status : event.type
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
