import { explainEvent, isEvent } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import type { DataPlaneSnapshot } from './data-plane-core.ts'
import { aFrame, brief, message, newCore, origin, SECOND, Tape } from '../test/tape.ts'

const MS = 1000
const T = testStartUs

/** The state of every stage that derives something from events. */
const stagesOf = (tape: Tape) =>
  tape.core.lanes.map(({ book, bars, orderFlow }) => [book, bars, orderFlow].map((stage) => stage?.snapshot()))

describe('the life of a tick', () => {
  it('turns frames into events, stamped in the order in which they are said', () => {
    const tape = new Tape()
    tape.feed({ type: 'connect', origin, tsRecvUs: T })
    tape.frame(message.snapshot(T, 10), T)
    tape.frame(message.trade(T + 1, 7, 100, 0.5), T + 1)
    tape.frame(message.quote(T + 2, 10, 99.9, 1, 100.1, 1), T + 2)
    tape.frame(message.delta(T + 3, 10, 12, [[99.9, 3]]), T + 3)
    tape.frame(message.quote(T + 4, 12, 99.9, 3, 100.1, 1), T + 4)
    tape.frame(message.kline(T + 5, Math.floor(T / MS), false), T + 5)
    expect(brief(tape.outputs)).toEqual([
      ...['connected', 'bookSnapshot', 'book_valid', 'trade', 'quote', 'bookDelta', 'quote', 'ofi', 'bar'],
    ])
    expect(tape.outputs.map(({ seq }) => seq)).toEqual(tape.outputs.map((_, i) => i + 1))
    expect(tape.outputs.filter((event) => !isEvent(event)).map(explainEvent)).toEqual([])
    expect(tape.outputs.find(({ type }) => type === 'trade')).toMatchObject({
      instrument: 'BTC/USDT@sim',
      tradeId: 7,
      price: 100,
      size: 0.5,
      tsRecvUs: T + 1,
    })
    expect(tape.outputs.find(({ type }) => type === 'ofi')).toMatchObject({ value: 2, tsRecvUs: T + 4 })
    expect(tape.core.framesIn).toBe(6)
  })

  it('makes market time monotone: a frame whose receive time goes back takes the time that is reached', () => {
    const tape = new Tape()
    const times = [T + 10, T + 4, T + 12].map((atUs, i) => tape.frame(message.trade(atUs, i + 1), atUs)[0]?.tsRecvUs)
    expect(times).toEqual([T + 10, T + 10, T + 12])
    expect(tape.core.nowUs).toBe(T + 12)
  })

  it('measures order flow over the book until the venue sends quotes, then over quotes only', () => {
    const tape = new Tape().open()
    const nowUs = tape.core.nowUs
    expect(brief(tape.frame(message.delta(nowUs, 10, 11, [[99.9, 4]]), nowUs))).toEqual(['bookDelta', 'ofi'])
    expect(brief(tape.frame(message.quote(nowUs, 11, 99.9, 4), nowUs))).toEqual(['quote'])
    expect(brief(tape.frame(message.delta(nowUs, 11, 12, [[99.9, 2]]), nowUs))).toEqual(['bookDelta'])
    expect(brief(tape.frame(message.quote(nowUs, 12, 99.9, 2), nowUs))).toEqual(['quote', 'ofi'])
  })

  it('closes a bar by the first trade of the next minute, and says the bar first', () => {
    const tape = new Tape().open()
    const laterUs = T + 61 * SECOND
    const said = tape.frame(message.trade(laterUs, 3), laterUs)
    expect(brief(said).filter((name) => name !== 'stale' && name !== 'fresh')).toEqual(['bar', 'trade'])
  })
})

describe('marks', () => {
  /** The marks that come of what `act` does with an open market at its sixth second. */
  function marksOf(act: (tape: Tape) => void): unknown[] {
    const tape = new Tape().open()
    const from = tape.outputs.length
    act(tape)
    return tape.outputs.slice(from).flatMap((event) => {
      if (event.type !== 'mark') return []
      return [[(event.tsRecvUs - T) / SECOND, event.kind, event.price, event.ageUs / SECOND]]
    })
  }

  it('are said of the newest quote once a second, and at once when there is none of a quote yet', () => {
    const said = marksOf((tape) => {
      for (let i = 0; i < 25; i++) {
        const nowUs = T + 6 * SECOND + i * 100_000
        tape.frame(message.quote(nowUs, 11 + i, 100 + i, 1, 100.2 + i, 1), nowUs)
      }
    })
    expect(said).toEqual([
      [6, 'quote', 100.1, 0],
      [7, 'quote', 110.1, 0],
      [8, 'quote', 120.1, 0],
    ])
  })

  it('go on by the book when the quotes stop, and by trades when the book is lost too', () => {
    const said = marksOf((tape) => {
      tape.frame(message.quote(T + 6 * SECOND, 11), T + 6 * SECOND)
      let id = 10
      for (let i = 1; i <= 10; i++) {
        const nowUs = T + 6 * SECOND + i * 500_000
        tape.frame(
          message.delta(
            nowUs,
            id,
            ++id,
            [[99.9, 1 + i]],
            [
              [100.1 + i / 10, 1],
              [100 + i / 10, 0],
            ],
          ),
          nowUs,
        )
      }
      tape.frame(message.delta(T + 12 * SECOND, id + 5, id + 6), T + 12 * SECOND)
      tape.frame(message.trade(T + 12 * SECOND + 1, 3, 99.5), T + 12 * SECOND + 1)
      tape.advance(T + 20 * SECOND)
    })
    expect(said).toEqual([
      [6, 'quote', 100, 0],
      [10, 'book', 100.4, 0],
      [11, 'book', 100.5, 0],
      [13, 'trade', 99.5, 0.999999],
    ])
  })

  it('stay what they were over a disconnect, until something new is known', () => {
    const said = marksOf((tape) => {
      tape.frame(message.quote(T + 6 * SECOND, 11), T + 6 * SECOND)
      tape.feed({ type: 'disconnect', origin, tsRecvUs: T + 6 * SECOND + 500_000, reason: 'test' })
      tape.advance(T + 60 * SECOND)
      tape.feed({ type: 'connect', origin, tsRecvUs: T + 60 * SECOND })
      tape.frame(message.trade(T + 60 * SECOND + 1, 3, 50), T + 60 * SECOND + 1)
      tape.advance(T + 61 * SECOND)
    })
    expect(said).toEqual([
      [6, 'quote', 100, 0],
      [61, 'trade', 50, 0.999999],
    ])
  })
})

describe('refusals', () => {
  const trade = (fields: object) =>
    JSON.stringify({ ...(JSON.parse(message.trade(T + 7 * SECOND, 3)) as object), ...fields })
  const cases = [
    { reason: 'not_json', stage: 'normalize', text: '{"e":"trade",', eventType: 'frame' },
    { reason: 'unknown_message', stage: 'normalize', text: '{"e":"liquidation"}', eventType: 'frame' },
    { reason: 'unknown_instrument', stage: 'normalize', text: trade({ s: 'DOGEUSDT' }), eventType: 'trade' },
    { reason: 'off_book_trade', stage: 'normalize', text: trade({ X: 'INSURANCE_FUND' }), eventType: 'trade' },
    { reason: 'missing_field', stage: 'normalize', text: trade({ p: undefined }), eventType: 'trade' },
    { reason: 'bad_field', stage: 'normalize', text: trade({ p: 'ten' }), eventType: 'trade' },
    { reason: 'bad_price', stage: 'validate', text: trade({ p: '0.0' }), eventType: 'trade' },
    { reason: 'bad_size', stage: 'validate', text: trade({ q: '0.000' }), eventType: 'trade' },
    { reason: 'price_band', stage: 'validate', text: trade({ p: '150.0' }), eventType: 'trade' },
    { reason: 'duplicate', stage: 'validate', text: trade({ t: 2 }), eventType: 'trade' },
    { reason: 'out_of_order', stage: 'validate', text: trade({ t: 0 }), eventType: 'trade' },
    {
      reason: 'crossed_quote',
      stage: 'validate',
      text: message.quote(T + 7 * SECOND, 20, 100.1, 1, 99.9, 1),
      eventType: 'quote',
    },
  ] as const

  it.each(cases)('$reason becomes a dead letter with the raw bytes', ({ reason, stage, text, eventType }) => {
    const tape = new Tape().open()
    const framesBefore = tape.core.framesIn
    const before = stagesOf(tape)
    const said = tape.frame(text, T + 6 * SECOND + 1)
    expect(said).toEqual([
      expect.objectContaining({ type: 'deadLetter', reason, stage, eventType, raw: text, source: 'sim', venue: 'sim' }),
    ])
    expect(said.filter((event) => !isEvent(event)).map(explainEvent)).toEqual([])
    expect(tape.core.refused[reason]).toBe(1)
    expect(Object.values(tape.core.refused).reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(tape.core.framesIn).toBe(framesBefore + 1)
    expect(stagesOf(tape)).toEqual(before)
  })

  it('keeps every byte of what is no text, and of the frame only', () => {
    const bytes = Uint8Array.from([1, 2, 0, 0x80, 0xff, 0x7b, 3])
    const [letter] = new Tape().feed({ ...aFrame(bytes), start: 2, end: 6 })
    expect(letter).toMatchObject({ type: 'deadLetter', reason: 'not_json', raw: '\x00\x80\xff{' })
  })

  it('says how long a line was of which only the beginning could be kept', () => {
    const bytes = Buffer.from('1723161255030314000 {"e":"depthUpdate"')
    const line = {
      type: 'badLine',
      origin,
      bytes,
      start: 0,
      end: bytes.length,
      lineBytes: 17_000_000,
      tsRecvUs: T,
    } as const
    expect(new Tape().open().feed(line)).toMatchObject([
      { type: 'deadLetter', reason: 'bad_line', raw: bytes.toString(), rawBytes: 17_000_000 },
    ])
  })

  it('refuses a line that is no frame, and counts it as one that came in', () => {
    const tape = new Tape()
    const bytes = Buffer.from('hello')
    const said = tape.feed({ type: 'badLine', origin, bytes, start: 0, end: bytes.length, tsRecvUs: T })
    expect(said).toMatchObject([{ type: 'deadLetter', stage: 'normalize', reason: 'bad_line', raw: 'hello' }])
    expect(said[0]).not.toHaveProperty('rawBytes')
    expect([tape.core.framesIn, tape.core.refused.bad_line]).toEqual([1, 1])
  })

  it('refuses a snapshot that belongs to no single stream', () => {
    const { source, venue } = origin
    const said = new Tape().feed(aFrame(message.snapshot(T, 10), T, { source, venue }))
    expect(brief(said)).toEqual(['deadLetter unattributed_snapshot'])
  })

  it('gives a refused event no say in the clock offset: it is learnt from good ones', () => {
    const tape = new Tape()
    const early = JSON.stringify({ ...(JSON.parse(message.trade(T, 1, 0)) as object), T: T / MS + 61_000 })
    expect(brief(tape.frame(early, T))).toEqual(['deadLetter bad_price'])
    expect(brief(tape.frame(message.trade(T, 1), T))).toEqual(['trade'])
    expect(tape.core.lanes[0]?.clock.offsetUs).toBe(2 * MS)
  })

  it.each([
    ['a trade', message.trade(T + 6 * SECOND, 3)],
    ['a quote', message.quote(T + 6 * SECOND, 20)],
    ['a delta', message.delta(T + 6 * SECOND, 10, 12, [[99.9, 5]])],
  ])('refuses %s that is delivered twice, and nothing else changes', (_, text) => {
    const tape = new Tape().open()
    tape.frame(text, T + 6 * SECOND + 1)
    const { lastSeq: _seq, framesIn: _frames, refused: _refused, ...before } = tape.core.snapshot()
    expect(brief(tape.frame(text, T + 6 * SECOND + 1))).toEqual(['deadLetter duplicate'])
    expect(tape.core.snapshot()).toMatchObject(before)
  })
})

describe('holes', () => {
  it('notices a gap, distrusts the book, and trusts it again after a snapshot', () => {
    const tape = new Tape().open()
    const nowUs = tape.core.nowUs
    expect(brief(tape.frame(message.delta(nowUs, 12, 14, [[99.8, 1]]), nowUs))).toEqual(['gap', 'book_invalid'])
    expect(tape.core.lanes[0]?.book?.isValid).toBe(false)
    expect(tape.core.gaps.count).toBe(1)
    expect(brief(tape.frame(message.delta(nowUs, 14, 15), nowUs))).toEqual([])
    expect(brief(tape.frame(message.snapshot(nowUs, 14), nowUs))).toEqual(['bookSnapshot', 'bookDelta', 'book_valid'])
    expect(tape.core.lanes[0]?.book?.lastUpdateId).toBe(15)
  })

  it('does not trust a book that is not fed while other streams go on, and recovers by a snapshot', () => {
    const tape = new Tape().open()
    const play = (fromS: number, toS: number) => {
      const said: string[] = []
      for (let s = Math.round(fromS); s < toS; s++)
        said.push(...brief(tape.frame(message.trade(T + s * SECOND, s), T + s * SECOND)))
      return said
    }
    for (const [s, id] of [
      [6.9, 11],
      [11.9, 12],
    ] as const) {
      const at = T + s * SECOND
      expect(brief(tape.frame(message.delta(at, id - 1, id, [[99.9, 4]]), at))).toContain('bookDelta')
      expect(play(s + 0.1, s + 5.1)).not.toContain('book_invalid')
    }
    expect(play(17, 19)).toContain('book_invalid')
    expect(tape.outputs.filter((event) => event.type === 'marketStatus').at(-1)).toMatchObject({ reason: 'starved' })
    expect(tape.core.lanes[0]?.book?.book.bidCount).toBe(0)
    const [, restored] = brief(tape.frame(message.snapshot(T + 20 * SECOND, 30), T + 20 * SECOND))
    expect(restored).toBe('book_valid')
  })

  it('trusts a book that is quiet, because nothing changes', () => {
    const tape = new Tape().open()
    for (let s = 7; s < 30; s++) tape.frame(message.quote(T + s * SECOND, 10, 99.9, 1), T + s * SECOND)
    tape.advance(T + 60 * SECOND)
    expect(tape.core.lanes[0]?.book?.isValid).toBe(true)
  })

  it('resets at a disconnect what cannot survive one, and says so', () => {
    const tape = new Tape().open()
    const nowUs = tape.core.nowUs
    tape.frame(message.quote(nowUs, 10), nowUs)
    const said = tape.feed({ type: 'disconnect', origin, tsRecvUs: nowUs, reason: 'socket closed' })
    expect(brief(said)).toEqual(['disconnected', 'book_invalid'])
    expect(said[0]).toMatchObject({ source: 'sim', venue: 'sim', reason: 'socket closed' })
    expect(said[0]).not.toHaveProperty('instrument')
    expect(tape.core.lanes[0]?.book?.isValid).toBe(false)
    expect(tape.core.lanes[0]?.clock.offsetUs).toBe(2 * MS)
    expect(tape.core.isConnected).toBe(false)

    expect(brief(tape.feed({ type: 'connect', origin, tsRecvUs: nowUs }))).toEqual(['connected'])
    expect(tape.core.isConnected).toBe(true)
    // No order flow across the hole, ids start anew, and any price will do.
    expect(brief(tape.frame(message.quote(nowUs, 3, 49.9, 1, 50.1, 1), nowUs))).toEqual(['quote'])
    expect(brief(tape.frame(message.trade(nowUs, 0, 50), nowUs))).toEqual(['trade'])
    expect(tape.core.lanes[0]?.bars.forming('1m')).toMatchObject({ incomplete: true })
  })

  it('counts a hole of a recording once for each instrument that was heard before it, and its trades are no second gap', () => {
    const tape = new Tape().open()
    const nowUs = tape.core.nowUs
    const hole = { type: 'disconnect', origin, tsRecvUs: nowUs, reason: 'hole' } as const
    const later = nowUs + 3600 * SECOND
    expect(brief(tape.feed(hole))).toEqual(['disconnected', 'gap', 'book_invalid'])
    expect(tape.outputs.at(-2)).toMatchObject({ instrument: 'BTC/USDT@sim', status: 'gap', reason: 'hole' })
    tape.feed({ type: 'connect', origin, tsRecvUs: later })
    tape.frame(message.trade(later, 500), later)
    tape.frame(message.trade(later, 501), later)
    expect(tape.core.gaps.count).toBe(1)
    // Within a connection missing ids are a gap.
    tape.frame(message.trade(later, 504), later)
    expect(tape.core.gaps.count).toBe(2)
    // ETH/USDT was heard of for the first time behind the hole: the next one is one of its own too.
    tape.frame(message.trade(later, 7, 100, 1, 'ETHUSDT'), later)
    tape.feed({ ...hole, tsRecvUs: later })
    expect(tape.core.gaps.count).toBe(4)
  })

  it('keeps the book over a hole where the ids go on, and bars of both sides say that they are not whole', () => {
    const tape = new Tape().open()
    const nowUs = tape.core.nowUs
    const later = nowUs + 3600 * SECOND
    tape.feed({ type: 'disconnect', origin, tsRecvUs: nowUs, reason: 'hole' })
    tape.feed({ type: 'connect', origin, tsRecvUs: later })
    const said = tape.frame(message.delta(later, 10, 11, [[99.8, 2]]), later)
    expect(brief(said)).toEqual(['fresh', 'bookSnapshot', 'book_valid', 'bookDelta'])
    expect(tape.core.lanes[0]?.book?.book.snapshot()).toEqual({ bids: [99.9, 1, 99.8, 2], asks: [100.1, 1] })
    tape.frame(message.trade(later, 500), later)
    tape.advance(later + 120 * SECOND)
    const minutes = tape.outputs.filter((event) => event.type === 'bar' && event.timeframe === '1m')
    expect(minutes.slice(-2)).toMatchObject([
      { closed: true, incomplete: true, trades: 1 },
      { closed: true, incomplete: true, trades: 1 },
    ])
  })

  it('leaves another venue alone', () => {
    const tape = new Tape().open()
    tape.feed({ type: 'disconnect', origin: { source: 'sim', venue: 'elsewhere' }, tsRecvUs: T, reason: 'x' })
    expect(tape.core.lanes[0]?.book?.isValid).toBe(true)
    expect(tape.core.isConnected).toBe(true)
  })
})

describe('lateness', () => {
  const later = (seconds: number, lateUs: number, id: number) =>
    [message.trade(T + seconds * SECOND - lateUs, id), T + seconds * SECOND] as const

  it('keeps what is late, says so, and says when it is on time again', () => {
    const tape = new Tape().open()
    expect(brief(tape.frame(...later(7, 400 * MS, 3)))).toEqual(['late', 'trade'])
    expect(brief(tape.frame(...later(7.5, 130 * MS, 4)))).toEqual(['trade'])
    expect(brief(tape.frame(...later(8, 5 * MS, 5)))).toEqual(['trade'])
    expect(brief(tape.frame(...later(9.4, 5 * MS, 6)))).toEqual(['trade'])
    expect(brief(tape.frame(...later(9.5, 5 * MS, 7)))).toEqual(['on_time', 'trade'])
    expect(tape.core.lanes[0]?.bars.forming('1m')).toMatchObject({ trades: 6 })
  })

  it('keeps an event ahead of our clock for 2 s, untraded, then refuses it', () => {
    const tape = new Tape().open()
    expect(brief(tape.frame(...later(7, -5 * SECOND, 3)))).toEqual(['late', 'trade'])
    expect(brief(tape.frame(...later(8, -6 * SECOND, 4)))).toEqual(['trade'])
    expect(brief(tape.frame(...later(9.5, -7 * SECOND, 5)))).toEqual(['deadLetter clock_drift'])
    const aheadUs = T + 9.5 * SECOND
    expect(brief(tape.frame(message.delta(aheadUs + 7 * SECOND, 10, 12, [[99.9, 5]]), aheadUs))).toContain('bookDelta')
  })

  const minutes = (tape: Tape) =>
    tape.outputs.filter((event) => event.type === 'bar' && event.timeframe === '1m' && event.openTimeUs > T)

  it.each([
    { name: 'a trade that is refused for its clock', ahead: true, want: { incomplete: true, trades: 5 } },
    { name: 'no trade that is refused', ahead: false, want: { trades: 6 } },
  ])('closes a bar whole or not: $name', ({ ahead, want }) => {
    const tape = new Tape().open()
    const lead = (seconds: number) => (ahead ? -seconds * SECOND : 0)
    tape.frame(...later(61, 0, 3))
    tape.frame(...later(62, lead(5), 4))
    tape.frame(...later(63, lead(6), 5))
    expect(brief(tape.frame(...later(64.5, lead(7), 6)))).toEqual([ahead ? 'deadLetter clock_drift' : 'trade'])
    tape.frame(...later(70, 0, 7))
    tape.frame(...later(71, 0, 8))
    tape.advance(T + 140 * SECOND)
    expect(minutes(tape)).toMatchObject([{ openTimeUs: T + 60 * SECOND, closed: true, ...want }])
    expect('incomplete' in (minutes(tape)[0] ?? {})).toBe(ahead)
  })

  it('lets a bar wait for late trades for 10 s after its end, and emits it again for one that comes after that', () => {
    const tape = new Tape().open()
    for (let s = 61; s < 120; s++) tape.frame(...later(s, 0, s - 58))
    tape.frame(...later(119.5, 400 * MS, 62))
    tape.frame(...later(129, 9.2 * SECOND, 63))
    tape.advance(T + 129 * SECOND)
    expect(minutes(tape)).toEqual([])
    tape.advance(T + 131 * SECOND)
    expect(minutes(tape)).toMatchObject([{ openTimeUs: T + 60 * SECOND, closed: true, trades: 61 }])
    tape.frame(...later(133, 13.1 * SECOND, 64))
    expect(minutes(tape)[1]).toMatchObject({ openTimeUs: T + 60 * SECOND, closed: true, trades: 62, revised: true })
  })

  it('puts a trade of tomorrow into the bar of today', () => {
    const tape = new Tape().open()
    expect(brief(tape.frame(...later(7, -24 * 3600 * SECOND, 3)))).toEqual(['late', 'trade'])
    tape.frame(...later(8, 0, 4))
    expect(tape.core.lanes[0]?.bars.forming('1m')).toMatchObject({ openTimeUs: T, trades: 3 })
  })

  describe('where a burst ends and what is sent anew overtakes what is still on its way', () => {
    const delta = (seconds: number, lateUs: number, before: number, id: number) =>
      [message.delta(T + seconds * SECOND - lateUs, before, id, [[99.9, id]]), T + seconds * SECOND] as const
    const lateTape = () => {
      const tape = new Tape().open()
      tape.frame(...delta(6.9, 0, 10, 11))
      tape.frame(...later(7, 400 * MS, 3))
      return tape
    }

    it('holds trades and deltas until what they follow has come', () => {
      const tape = lateTape()
      expect(brief(tape.frame(...later(7.1, 0, 5)))).toEqual([])
      expect(brief(tape.frame(...delta(7.1, 0, 12, 14)))).toEqual([])
      expect(brief(tape.frame(...later(7.2, 0, 6)))).toEqual([])
      expect(brief(tape.frame(...delta(7.3, 300 * MS, 11, 12)))).toEqual(['bookDelta', 'ofi', 'bookDelta', 'ofi'])
      expect(tape.frame(...later(7.3, 300 * MS, 4))).toMatchObject([4, 5, 6].map((tradeId) => ({ tradeId })))
      expect(tape.core.lanes[0]?.book).toMatchObject({ isValid: true, lastUpdateId: 14 })
      expect(tape.core.gaps.count).toBe(0)
      expect(tape.core.lanes[0]?.bars.forming('1m')).toMatchObject({ trades: 5 })
    })

    it('waits no longer than 4 s for deltas and 10 s for trades', () => {
      const tape = lateTape()
      tape.frame(...later(7.1, 0, 5))
      tape.frame(...delta(7.1, 0, 12, 14))
      const said: (readonly [number, string])[] = []
      for (let s = 8; s <= 20; s++) {
        const events = [...tape.frame(message.quote(T + s * SECOND - 300 * MS, s + 10), T + s * SECOND)]
        events.push(...tape.advance(T + s * SECOND))
        said.push(
          ...brief(events)
            .filter((name) => !/quote|ofi|bar/.test(name))
            .map((name) => [s, name] as const),
        )
      }
      expect(said).toEqual([
        [12, 'gap'],
        [12, 'book_invalid'],
        [18, 'gap'],
        [18, 'trade'],
      ])
      expect(tape.core.lanes[0]?.resequencer.size).toBe(0)
    })

    it('waits for nothing once the instrument is on time, nor over a disconnect', () => {
      const tape = lateTape()
      tape.frame(...later(7.1, 0, 5))
      tape.frame(message.quote(T + 8 * SECOND, 11), T + 8 * SECOND)
      expect(brief(tape.frame(message.quote(T + 9.5 * SECOND, 12), T + 9.5 * SECOND))).toEqual([
        'on_time',
        'quote',
        'ofi',
        'gap',
        'trade',
      ])
      const cut = lateTape()
      cut.frame(...later(7.1, 0, 5))
      const disconnect = { type: 'disconnect', origin, tsRecvUs: T + 7.2 * SECOND, reason: 'x' } as const
      expect(brief(cut.feed(disconnect))).toEqual(['gap', 'trade', 'disconnected', 'book_invalid'])
    })

    it('goes on with what waits after a restart', () => {
      const tape = lateTape()
      tape.frame(...later(7.1, 0, 5))
      const resumed = new Tape(newCore(JSON.parse(JSON.stringify(tape.core.snapshot())) as DataPlaneSnapshot))
      expect(resumed.frame(...later(7.3, 300 * MS, 4))).toMatchObject([{ tradeId: 4 }, { tradeId: 5 }])
    })

    it('does not wait for a trade that was refused or is off the book', () => {
      const tape = lateTape()
      const offBook = { ...(JSON.parse(message.trade(T + 7 * SECOND, 4)) as object), X: 'INSURANCE_FUND' }
      tape.frame(JSON.stringify(offBook), T + 7 * SECOND)
      expect(brief(tape.frame(...later(7.1, 0, 5)))).toEqual(['trade'])
      tape.frame(
        ...(later(7.2, 0, 6).map((one) => (typeof one === 'string' ? one.replace('"1.000"', '"0.000"') : one)) as [
          string,
          number,
        ]),
      )
      expect(brief(tape.frame(...later(7.3, 0, 7)))).toContain('trade')
    })
  })

  it('tells how late everything is that was understood, refused events and the clock of a lost connection included', () => {
    const delays: [string, number][] = []
    const core = newCore(undefined, { onDelay: (instrument, delayUs) => void delays.push([instrument, delayUs]) })
    const tape = new Tape(core).open()
    delays.length = 0
    tape.frame(...later(7, 400 * MS, 3))
    tape.frame(...later(7, 400 * MS, 3))
    tape.feed({ type: 'disconnect', origin, tsRecvUs: T + 7 * SECOND, reason: 'x' })
    tape.frame(...later(8, 70 * MS, 4))
    expect(delays).toEqual([400, 400, 70].map((late) => ['BTC/USDT@sim', late * MS]))
  })
})

describe('silence', () => {
  it('makes an instrument stale at a whole second, and fresh with the next event', () => {
    const tape = new Tape().open(6.5)
    expect(brief(tape.advance(T + 9 * SECOND))).toEqual([])
    const said = tape.advance(T + 10 * SECOND)
    expect(said).toMatchObject([{ status: 'stale', instrument: 'BTC/USDT@sim', tsRecvUs: T + 10 * SECOND }])
    expect(brief(tape.frame(message.trade(T + 11 * SECOND, 3), T + 11 * SECOND))).toEqual(['fresh', 'trade'])
  })

  it('makes nothing stale while the session is closed', () => {
    const core = newCore(undefined, { isSessionOpen: () => false })
    const tape = new Tape(core).open()
    expect(brief(tape.advance(T + 20 * SECOND))).toEqual([])
  })

  it('closes a bar a second after its end by the clock of the venue', () => {
    const tape = new Tape().open()
    const closed = tape.advance(T + 90 * SECOND).filter((event) => event.type === 'bar')
    // The venue's clock is 2 ms behind, so 61 s of its time are not over yet at our 61st second.
    expect(closed).toMatchObject([
      { timeframe: '1m', openTimeUs: T, trades: 1, tsRecvUs: T + 62 * SECOND, closed: true },
    ])
  })

  it('comes before the data of a later microsecond, and after that of its own', () => {
    const before = new Tape().open(6)
    const said = before.frame(message.trade(T + 20 * SECOND, 3), T + 20 * SECOND)
    expect(brief(said)).toEqual(['stale', 'fresh', 'trade'])
    const own = new Tape().open(6)
    expect(brief(own.frame(message.trade(T + 9 * SECOND, 3), T + 9 * SECOND))).toEqual(['trade'])
    expect(brief(own.advance(T + 9 * SECOND))).toEqual([])
  })
})
