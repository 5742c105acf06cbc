import type { BookDelta, BookSnapshot } from '@triplane/contracts'
import { aBookDelta, aBookSnapshot } from '@triplane/testing'
import fc from 'fast-check'
import { createBookKeeper, type BookEvent, type BookKeeper } from './book-keeper.ts'
import { OrderBook } from './order-book.ts'
import { idRules } from './book-rule.ts'

const market = { source: 'sim', instrument: 'BTC/USDT@sim' }
const t0 = 1_000_000

/** A delta over the update ids `from` to `to` that sets the bid at 100 to the size `to`. */
const delta = (from: number, to: number, fields: Partial<BookDelta> = {}): BookDelta =>
  aBookDelta({
    ...market,
    tsRecvUs: t0 + to,
    tsEventUs: t0,
    firstUpdateId: from,
    lastUpdateId: to,
    prevUpdateId: from - 1,
    bids: [100, to],
    asks: [],
    ...fields,
  })
const snapshot = (lastUpdateId: number, fields: Partial<BookSnapshot> = {}): BookSnapshot =>
  aBookSnapshot({ ...market, tsRecvUs: t0 + 900, lastUpdateId, bids: [100, lastUpdateId], asks: [101, 1], ...fields })

type Step = BookDelta | BookSnapshot | 'disconnect' | 'hole' | 'restore'

function run(
  rule: keyof typeof idRules,
  steps: readonly Step[],
): { keeper: BookKeeper; emitted: BookEvent[]; story: string[] } {
  const emitted: BookEvent[] = []
  const emit = (event: BookEvent) => void emitted.push(event)
  let keeper = createBookKeeper({ rule: idRules[rule], tickSize: '0.01', ...market })
  for (const step of steps) {
    if (step === 'disconnect' || step === 'hole') keeper.onDisconnect(t0 + 950, emit, step === 'hole')
    else if (step === 'restore') {
      keeper = createBookKeeper(
        { rule: idRules[rule], tickSize: '0.01', ...market },
        JSON.parse(JSON.stringify(keeper.snapshot())),
      )
    } else if (step.type === 'bookDelta') keeper.onDelta(step, emit)
    else keeper.onSnapshot(step, emit)
  }
  return { keeper, emitted, story: emitted.map(tell) }
}

/** An event as a short text. */
function tell(event: BookEvent): string {
  if (event.type === 'bookDelta') return `delta ${event.lastUpdateId}`
  if (event.type === 'bookSnapshot') return `snapshot ${event.lastUpdateId}`
  return [event.status, event.reason, event.missing].filter((part) => part !== undefined).join(' ')
}

const valid = ['snapshot 10', 'book_valid']
const gap = (missing: number) => [`gap update_id ${missing}`, 'book_invalid gap']

describe.each(['consecutive', 'chained'] as const)('a book under the rule %s', (rule) => {
  it.each<{ name: string; steps: Step[]; story: string[]; size: number }>([
    { name: 'is not valid before a snapshot', steps: [delta(11, 12)], story: [], size: NaN },
    { name: 'is valid after a snapshot', steps: [snapshot(10)], story: valid, size: 10 },
    {
      name: 'applies deltas that follow',
      steps: [snapshot(10), delta(11, 12), delta(13, 15)],
      story: [...valid, 'delta 12', 'delta 15'],
      size: 15,
    },
    {
      name: 'accepts a first delta that overlaps the snapshot',
      steps: [snapshot(10), delta(8, 12)],
      story: [...valid, 'delta 12'],
      size: 12,
    },
    {
      name: 'ignores deltas that the snapshot includes',
      steps: [snapshot(10), delta(8, 10), delta(11, 12)],
      story: [...valid, 'delta 12'],
      size: 12,
    },
    {
      name: 'ignores a repeated delta',
      steps: [snapshot(10), delta(11, 12), delta(11, 12)],
      story: [...valid, 'delta 12'],
      size: 12,
    },
    {
      name: 'releases the buffer after the snapshot',
      steps: [delta(8, 9), delta(10, 11), delta(12, 13), delta(12, 13), snapshot(10)],
      story: ['snapshot 10', 'delta 11', 'delta 13', 'book_valid'],
      size: 13,
    },
    {
      name: 'detects a gap',
      steps: [snapshot(10), delta(11, 12), delta(15, 16)],
      story: [...valid, 'delta 12', ...gap(2)],
      size: NaN,
    },
    {
      name: 'detects a gap right after the snapshot',
      steps: [snapshot(10), delta(15, 16)],
      story: [...valid, ...gap(4)],
      size: NaN,
    },
    {
      name: 'recovers from a gap with a fresh snapshot',
      steps: [snapshot(10), delta(15, 16), delta(17, 18), snapshot(16)],
      story: [...valid, ...gap(4), 'snapshot 16', 'delta 18', 'book_valid'],
      size: 18,
    },
    {
      name: 'refuses a snapshot from before the gap',
      steps: [snapshot(10), delta(15, 16), snapshot(12), delta(17, 18)],
      story: [...valid, ...gap(4), 'book_invalid stale_snapshot'],
      size: NaN,
    },
    {
      name: 'keeps only the newest unbroken chain in the buffer',
      steps: [delta(1, 2), delta(5, 6), snapshot(3), snapshot(4)],
      story: ['gap update_id 2', 'book_invalid stale_snapshot', 'snapshot 4', 'delta 6', 'book_valid'],
      size: 6,
    },
    {
      name: 'keeps a valid book that is newer than a snapshot',
      steps: [snapshot(10), delta(11, 12), snapshot(11)],
      story: [...valid, 'delta 12'],
      size: 12,
    },
    {
      name: 'lets a snapshot replace a valid book',
      steps: [snapshot(10), snapshot(20)],
      story: [...valid, 'snapshot 20'],
      size: 20,
    },
    {
      name: 'is invalid once it is crossed',
      steps: [snapshot(10), delta(11, 12, { bids: [101, 1] }), delta(13, 14)],
      story: [...valid, 'book_invalid crossed'],
      size: NaN,
    },
    {
      name: 'recovers from a crossed book',
      steps: [snapshot(10), delta(11, 12, { bids: [101, 1] }), delta(13, 14), snapshot(12)],
      story: [...valid, 'book_invalid crossed', 'snapshot 12', 'delta 14', 'book_valid'],
      size: 14,
    },
    {
      name: 'does not become valid when the buffer crosses it',
      steps: [delta(11, 12, { bids: [102, 1] }), snapshot(10)],
      story: ['snapshot 10', 'book_invalid crossed'],
      size: NaN,
    },
    {
      name: 'refuses a crossed snapshot',
      steps: [snapshot(10, { asks: [100, 1] })],
      story: ['book_invalid crossed_snapshot'],
      size: NaN,
    },
    {
      name: 'is invalid after a disconnect',
      steps: [snapshot(10), 'disconnect', 'disconnect'],
      story: [...valid, 'book_invalid disconnect'],
      size: NaN,
    },
    {
      name: 'reports what was missed during a disconnect',
      steps: [snapshot(10), 'disconnect', delta(15, 16), snapshot(15)],
      story: [...valid, 'book_invalid disconnect', 'gap update_id 4', 'snapshot 15', 'delta 16', 'book_valid'],
      size: 16,
    },
    {
      name: 'continues behind a hole of the recording if its ids do',
      steps: [snapshot(10), 'hole', 'restore', delta(11, 12), delta(13, 13)],
      story: [...valid, 'book_invalid disconnect', 'snapshot 10', 'book_valid', 'delta 12', 'delta 13'],
      size: 13,
    },
    {
      name: 'does not continue behind a hole with missing ids',
      steps: [snapshot(10), 'hole', delta(12, 13), delta(14, 14)],
      story: [...valid, 'book_invalid disconnect'],
      size: NaN,
    },
    {
      name: 'reports what is missing behind the first delta after a hole',
      steps: [snapshot(10), 'hole', delta(12, 13), delta(16, 16)],
      story: [...valid, 'book_invalid disconnect', 'gap update_id 2'],
      size: NaN,
    },
    {
      name: 'does not continue behind a lost connection, even if its ids do',
      steps: [snapshot(10), 'disconnect', delta(11, 12)],
      story: [...valid, 'book_invalid disconnect'],
      size: NaN,
    },
    {
      name: 'does not continue behind a hole from a book that was not valid before it',
      steps: [snapshot(10), delta(13, 14), 'hole', delta(15, 16)],
      story: [...valid, ...gap(2)],
      size: NaN,
    },
    {
      name: 'drops the buffer at a disconnect',
      steps: [delta(11, 12), 'disconnect', snapshot(10)],
      story: valid,
      size: 10,
    },
  ])('$name', ({ steps, story, size }) => {
    const got = run(rule, steps)
    expect(got.story).toEqual(story)
    expect(got.keeper.book.bidSize(0)).toBe(size)
    expect(got.keeper.isValid).toBe(!Number.isNaN(size))
    const restored = run(
      rule,
      steps.flatMap((step) => ['restore', step] as const),
    )
    expect(restored.emitted).toEqual(got.emitted)
    expect(restored.keeper.snapshot()).toEqual(got.keeper.snapshot())
  })

  it('gives buffered deltas the market time of the snapshot that released them', () => {
    const { emitted } = run(rule, [delta(11, 12), snapshot(10)])
    expect(emitted.map(({ tsRecvUs }) => tsRecvUs)).toEqual([t0 + 900, t0 + 900, t0 + 900])
    expect(emitted[1]).toMatchObject({ type: 'bookDelta', tsEventUs: t0 })
  })

  it('drops the oldest deltas when the buffer is full', () => {
    const deltas = Array.from({ length: 10_001 }, (_, i) => delta(i + 11, i + 11))
    expect(run(rule, [...deltas, snapshot(10)]).story).toEqual(['book_invalid stale_snapshot'])
    expect(run(rule, [...deltas, snapshot(11)]).story).toHaveLength(10_002)
  })

  it('is never crossed while valid, and a consumer of the events has the same book', () => {
    const level = fc.tuple(fc.integer({ min: 95, max: 106 }), fc.integer({ min: 0, max: 2 }))
    const side = fc.array(level, { maxLength: 4 }).map((levels) => levels.flat())
    const step = fc.record({
      kind: fc.constantFrom('delta', 'delta', 'delta', 'snapshot', 'disconnect'),
      skip: fc.constantFrom(0, 0, 0, 1),
      bids: side,
      asks: side,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const keeper = createBookKeeper({ rule: idRules[rule], tickSize: '0.01', ...market })
        const copy = new OrderBook('0.01')
        let isTrusted = false
        const emit = (event: BookEvent) => {
          if (event.type === 'bookSnapshot') copy.replace(event.bids, event.asks)
          else if (event.type === 'bookDelta') copy.apply(event.bids, event.asks)
          else if (event.status === 'book_valid') isTrusted = true
          else if (event.status === 'book_invalid') isTrusted = false
        }
        let id = 10
        for (const { kind, skip, bids, asks } of steps) {
          if (kind === 'disconnect') keeper.onDisconnect(t0, emit)
          else if (kind === 'snapshot') keeper.onSnapshot(snapshot(id, { bids: [98, 1, 97, 1], asks: [102, 1] }), emit)
          else {
            id += 1 + skip
            keeper.onDelta(delta(id, id, { bids, asks }), emit)
          }
          expect(isTrusted).toBe(keeper.isValid)
          if (!keeper.isValid) continue
          expect(keeper.book.isCrossed).toBe(false)
          expect(copy.snapshot()).toEqual(keeper.book.snapshot())
        }
      }),
    )
  })
})

describe('differences between the rules', () => {
  it('a spot delta may overlap the one before', () => {
    expect(run('consecutive', [snapshot(10), delta(11, 12), delta(12, 14)]).story).toEqual([
      ...valid,
      'delta 12',
      'delta 14',
    ])
  })

  it('a USD-M delta must name the one before', () => {
    expect(run('chained', [snapshot(10), delta(11, 12), delta(12, 14)]).story).toEqual([
      ...valid,
      'delta 12',
      ...gap(0),
    ])
  })

  it('the ids of USD-M may have holes', () => {
    const story = run('chained', [
      snapshot(10),
      delta(50, 60, { prevUpdateId: 10 }),
      delta(90, 99, { prevUpdateId: 60 }),
    ]).story
    expect(story).toEqual([...valid, 'delta 60', 'delta 99'])
  })

  it('says why a snapshot was refused', () => {
    const keeper = createBookKeeper({ rule: idRules.consecutive, tickSize: '0.01', ...market })
    keeper.onDelta(delta(15, 16), () => undefined)
    expect(keeper.onSnapshot(snapshot(10), () => undefined)).toEqual({
      code: 'stale_snapshot',
      lastUpdateId: 10,
      missing: 4,
    })
    expect(keeper.onSnapshot(snapshot(16, { asks: [99, 1] }), () => undefined)).toEqual({
      code: 'crossed_snapshot',
      bid: 100,
      ask: 99,
    })
  })
})
