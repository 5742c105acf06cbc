import fc from 'fast-check'
import type { MarketEvent } from '@triplane/contracts'
import type { FeedItem } from '@triplane/market-data'
import { testStartUs } from '@triplane/testing'
import { aFrame, message, newCore, origin, SECOND, Tape } from '../test/tape.ts'

/** One thing that a feed does, `waitUs` after the one before: below 0 the receive time goes back. */
const step = fc.record({
  kind: fc.constantFrom(
    ...(['trade', 'trade', 'quote', 'quote', 'delta', 'delta', 'lostDelta', 'snapshot', 'kline'] as const),
    ...(['garbage', 'again', 'otherTrade', 'disconnect', 'connect', 'time'] as const),
  ),
  waitUs: fc.oneof(
    fc.integer({ min: -2_000, max: 300_000 }),
    fc.constantFrom(0, SECOND, 4 * SECOND, 20 * SECOND, 61 * SECOND),
  ),
  ticks: fc.integer({ min: 0, max: 9 }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
const steps = fc.array(step, { minLength: 1, maxLength: 80 })

/** A plausible feed: ids grow, depth diffs chain unless one is lost, some frames are refused. */
function itemsOf(all: readonly Step[]): FeedItem[] {
  let nowUs = testStartUs
  let id = 10
  let depthId = 10
  const items: FeedItem[] = [
    { type: 'connect', origin, tsRecvUs: nowUs },
    aFrame(message.snapshot(nowUs, depthId), nowUs),
  ]
  for (const { kind, waitUs, ticks } of all) {
    nowUs += waitUs
    const price = 100 + ticks / 10
    const frame = (text: string) => items.push(aFrame(text, nowUs))
    switch (kind) {
      case 'trade':
        frame(message.trade(nowUs, ++id, price, 1 + ticks))
        break
      case 'otherTrade':
        frame(message.trade(nowUs, ++id, price, 1 + ticks, 'ETHUSDT'))
        break
      case 'quote':
        frame(message.quote(nowUs, ++id, price - 0.1, 1 + ticks, price + 0.1, 2))
        break
      case 'delta':
        frame(message.delta(nowUs, depthId, ++depthId, [[99 + ticks / 10, ticks]], [[100 + ticks / 10, 9 - ticks]]))
        break
      case 'lostDelta':
        depthId++
        break
      case 'snapshot':
        frame(message.snapshot(nowUs, depthId))
        break
      case 'kline':
        frame(message.kline(nowUs, Math.floor(nowUs / (60 * SECOND)) * 60_000, ticks === 0))
        break
      case 'garbage':
        frame('{"e":"trade"'.slice(0, ticks))
        break
      case 'again': {
        const last = items.findLast((item) => item.type === 'frame')
        if (last?.type === 'frame') items.push({ ...last, tsRecvUs: nowUs })
        break
      }
      case 'disconnect':
        items.push({ type: 'disconnect', origin, tsRecvUs: nowUs, reason: 'test' })
        break
      case 'connect':
      case 'time':
        items.push(kind === 'connect' ? { type: kind, origin, tsRecvUs: nowUs } : { type: kind, tsRecvUs: nowUs })
    }
  }
  return items
}

function play(items: readonly FeedItem[], tape = new Tape()): Tape {
  for (const item of items) tape.feed(item)
  return tape
}

const END_US = 100 * SECOND

describe('the data core', () => {
  it('does the same however finely time is advanced', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (all, shares) => {
        const items = itemsOf(all)
        const coarse = play(items)
        const fine = new Tape()
        items.forEach((item, i) => {
          const { nowUs } = fine.core
          const share = shares[i % shares.length]
          // Only time that is over for good may be advanced to.
          if (share !== undefined && nowUs > 0 && item.tsRecvUs > nowUs) {
            const throughUs = Math.floor(nowUs + share * (item.tsRecvUs - nowUs - 1))
            for (let dueUs = fine.core.nextDueUs(); dueUs <= throughUs; dueUs = fine.core.nextDueUs())
              fine.advance(dueUs)
            fine.advance(throughUs)
          }
          fine.feed(item)
        })
        const endUs = coarse.core.nowUs + END_US
        coarse.advance(endUs)
        fine.advance(endUs)
        expect(fine.outputs).toEqual(coarse.outputs)
        expect(fine.core.snapshot()).toEqual(coarse.core.snapshot())
      }),
      { numRuns: 150 },
    )
  })

  it('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, cut) => {
        const items = itemsOf(all)
        const at = cut % (items.length + 1)
        const whole = play(items)
        const first = play(items.slice(0, at))
        const saved = JSON.stringify(first.core.snapshot())
        const second = play(
          items.slice(at),
          new Tape(newCore(JSON.parse(saved) as ReturnType<typeof first.core.snapshot>)),
        )
        const endUs = whole.core.nowUs + END_US
        for (const tape of [whole, second]) tape.advance(endUs)
        expect([...first.outputs, ...second.outputs]).toEqual(whole.outputs)
        expect(JSON.stringify(second.core.snapshot())).toBe(JSON.stringify(whole.core.snapshot()))
      }),
      { numRuns: 150 },
    )
  })

  it('does once what is delivered twice', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const items = itemsOf(all)
        const once = play(items)
        const twice = play(items.flatMap((item): FeedItem[] => (item.type === 'frame' ? [item, item] : [item])))
        expect(said(twice.outputs)).toEqual(said(once.outputs))
        expect(derived(twice)).toEqual(derived(once))
      }),
      { numRuns: 150 },
    )
  })

  it('has the same book and bars whatever the order in which trades and deltas come of a burst', () => {
    const burst = fc.array(
      fc.record({ isTrade: fc.boolean(), ticks: fc.integer({ min: 0, max: 9 }), moreUs: fc.nat(2 * SECOND) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(burst, (sent) => {
        const frames: { readonly text: string; readonly inOrderUs: number; readonly atUs: number }[] = []
        let tradeId = 1
        let depthId = 11
        sent.forEach(({ isTrade, ticks, moreUs }, i) => {
          const sentUs = testStartUs + 8 * SECOND + i * 50_000
          const text = isTrade
            ? message.trade(sentUs, ++tradeId, 100 + ticks / 10, 1 + ticks)
            : message.delta(sentUs, depthId, ++depthId, [[99 + ticks / 10, ticks]], [[100 + ticks / 10, 9 - ticks]])
          frames.push({ text, inOrderUs: sentUs + SECOND, atUs: sentUs + SECOND + moreUs })
        })
        const bursting = (timeOf: (frame: (typeof frames)[number]) => number) => {
          const tape = new Tape()
          tape.feed({ type: 'connect', origin, tsRecvUs: testStartUs })
          tape.frame(message.trade(testStartUs, 1), testStartUs)
          tape.frame(message.snapshot(testStartUs, 10), testStartUs)
          tape.frame(message.delta(testStartUs + 7 * SECOND, 10, 11), testStartUs + 7 * SECOND)
          // Late from here on.
          tape.frame(message.quote(testStartUs + 7 * SECOND, 10), testStartUs + 8 * SECOND)
          const inOrder = frames.toSorted((a, b) => timeOf(a) - timeOf(b))
          for (const frame of inOrder) tape.frame(frame.text, timeOf(frame))
          return tape
        }
        const ordered = bursting(({ inOrderUs }) => inOrderUs)
        const mixed = bursting(({ atUs }) => atUs)
        const result = ({ core }: Tape) => {
          const { tsRecvUs: _, ...bar } = core.lanes[0]?.bars.forming('1m') ?? {}
          return [core.gaps.count, core.lanes[0]?.book?.book.snapshot(), bar]
        }
        expect(mixed.core.refused).toEqual(ordered.core.refused)
        expect(result(mixed)).toEqual(result(ordered))
      }),
      { numRuns: 150 },
    )
  })

  it('ends every frame as events, as one dead letter, or as a book update that a book did not need', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const tape = new Tape()
        for (const item of itemsOf(all)) {
          const letters = tape.feed(item).filter(({ type }) => type === 'deadLetter')
          expect(letters.length).toBeLessThanOrEqual(item.type === 'frame' ? 1 : 0)
        }
        const letters = tape.outputs.filter(({ type }) => type === 'deadLetter').length
        expect(Object.values(tape.core.refused).reduce((sum, count) => sum + count, 0)).toBe(letters)
        expect(tape.outputs.map(({ seq }) => seq)).toEqual(tape.outputs.map((_, i) => i + 1))
        const times = tape.outputs.map(({ tsRecvUs }) => tsRecvUs)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
      { numRuns: 150 },
    )
  })
})

/** What was said but refusals, and what may be repeated: a snapshot of the same book, a bar of the venue that still forms. */
function said(events: readonly MarketEvent[]): unknown[] {
  return events
    .filter((event) => !(event.type === 'deadLetter' || event.type === 'bookSnapshot'))
    .filter((event) => !(event.type === 'bar' && event.origin === 'venue'))
    .map((event) => ({ ...event, seq: 0 }))
}

function derived({ core }: Tape): unknown[] {
  return core.lanes.map(({ book, bars, orderFlow }) => [book?.book.snapshot(), bars.snapshot(), orderFlow.snapshot()])
}
