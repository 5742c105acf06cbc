import { explainEvent, isEvent, type MarketEvent } from '@triplane/contracts'
import { Random } from '@triplane/kernel'
import type { Frame, FrameOrigin } from '@triplane/market-data'
import { testStartUs, unknownCodesOf } from '@triplane/testing'
import { rewritings, spoilers } from './mutations.ts'
import { aFrame, message, origin, SECOND, Tape } from './tape.ts'

const STEP_US = 20_000
const eth: FrameOrigin = { ...origin, snapshotSymbol: 'ETHUSDT' }

/** The messages of one instrument, each good after those before it. */
class Messages {
  readonly #s: string
  #id = 100
  #depthId = 10

  constructor(s: string) {
    this.#s = s
  }

  next(random: Random, nowUs: number): string {
    const size = 1 + random.below(9)
    const bid = 99.9 - random.below(3) / 10
    switch (random.below(8)) {
      case 0:
        return message.snapshot(nowUs, this.#depthId, [[bid, size]])
      case 1:
      case 2:
        return message.delta(nowUs, this.#depthId, ++this.#depthId, [[bid, size]], [[100.1, 10 - size]], this.#s)
      case 3:
      case 4:
        return message.trade(nowUs, ++this.#id, 100 + size / 10, size, this.#s)
      default:
        return message.quote(nowUs, ++this.#id, bid, size, 100.1, 10 - size, this.#s)
    }
  }
}

/** A session whose clock is known, so that no spoilt frame has a part in its estimate. */
const ready = () => new Tape().open()
const startUs = testStartUs + 6 * SECOND

const withoutSeq = (events: readonly MarketEvent[]) => events.map((event) => ({ ...event, seq: 0 }))
/** What the market said. A trade that was refused is told of apart: as a gap where it was never seen, in the bar that lacks it. */
const dataOf = (events: readonly MarketEvent[]) =>
  withoutSeq(
    events
      .filter((event) => event.type !== 'deadLetter')
      .filter((event) => event.type !== 'marketStatus' || event.reason !== 'trade_id')
      .filter((event) => event.type !== 'bar' || event.revised !== true)
      .map((event) => (event.type === 'bar' ? { ...event, incomplete: true } : event)),
  )

describe('frames that nobody expected', () => {
  it.each(Object.entries(rewritings))('are read right with %s', (_, rewrite) => {
    const random = new Random(11)
    const messages = new Messages('BTCUSDT')
    const [plain, rewritten] = [ready(), ready()]
    for (let i = 1; i <= 400; i++) {
      const nowUs = startUs + i * STEP_US
      const text = messages.next(random, nowUs)
      expect(rewritten.frame(rewrite(text, random), nowUs)).toEqual(plain.frame(text, nowUs))
    }
    expect(plain.outputs.length).toBeGreaterThan(400)
  })

  it.each(Object.entries(spoilers))(
    'never stop the stream nor touch another instrument: %s',
    (_, spoil) => {
      const random = new Random(7)
      const [btc, spoilt] = [new Messages('BTCUSDT'), new Messages('ETHUSDT')]
      const [alone, fuzzed] = [ready(), ready()]
      const framesBefore = fuzzed.core.framesIn
      const rounds = 1500
      for (let i = 1; i <= rounds; i++) {
        const nowUs = startUs + i * STEP_US
        const bytes = spoil(spoilt.next(random, nowUs), random)
        const letter = fuzzed.feed(aFrame(bytes, nowUs, eth)).at(-1)
        if (letter?.type === 'deadLetter') expect(letter.raw).toBe(bytes.toString('latin1'))
        const good = btc.next(random, nowUs)
        alone.frame(good, nowUs)
        fuzzed.frame(good, nowUs)
      }
      expect(fuzzed.core.framesIn - framesBefore).toBe(2 * rounds)
      expect(refusedIn(fuzzed)).toBe(fuzzed.outputs.filter(({ type }) => type === 'deadLetter').length)
      expect(refusedIn(fuzzed)).toBeGreaterThan(rounds / 50)
      expect(fuzzed.outputs.filter((event) => !isEvent(event)).map(explainEvent)).toEqual([])
      expect(fuzzed.outputs.flatMap(unknownCodesOf)).toEqual([])
      const ofBtc = (tape: Tape) =>
        tape.outputs.filter((event) => 'instrument' in event && event.instrument === 'BTC/USDT@sim')
      expect(ofBtc(alone).length).toBeGreaterThan(rounds / 2)
      expect(withoutSeq(ofBtc(fuzzed))).toEqual(withoutSeq(ofBtc(alone)))
    },
    10_000,
  )

  it('leave no trace when they are refused', () => {
    const random = new Random(3)
    const messages = new Messages('BTCUSDT')
    const all = ready()
    const kept: Frame[] = []
    for (let i = 1; i <= 4000; i++) {
      const nowUs = startUs + i * STEP_US
      const text = messages.next(random, nowUs)
      const spoil = Object.values(spoilers)[random.below(Object.keys(spoilers).length)]
      const frame = aFrame(i % 2 === 0 || !spoil ? text : spoil(text, random), nowUs)
      const said = all.feed(frame)
      // The price band alone remembers what it refused, to tell a crash from a bad tick.
      const isTraceless = said.some((event) => event.type === 'deadLetter' && event.reason !== 'price_band')
      if (!isTraceless) kept.push(frame)
    }
    const rest = ready()
    for (const frame of kept) rest.feed(frame)
    expect(kept.length).toBeGreaterThan(1500)
    expect(kept.length).toBeLessThan(3500)
    expect(dataOf(rest.outputs)).toEqual(dataOf(all.outputs))
  })
})

function refusedIn({ core }: Tape): number {
  return Object.values(core.refused).reduce((sum, count) => sum + count, 0)
}
