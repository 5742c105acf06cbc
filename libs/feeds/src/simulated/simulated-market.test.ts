import { createHash } from 'node:crypto'
import { loadInstruments } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import type { FeedItem } from '@triplane/market-data'
import { itemsOf, testStartUs, textOf } from '@triplane/testing'
import fc from 'fast-check'
import { simulatedInstruments, type SimulatedInstrument } from './simulated-instrument.ts'
import { scenarios, type Scenario } from './scenario.ts'
import { simulatedFeed } from './simulated-feed.ts'
import { createSimulatedMarket, type SimulatedMarketConfig, type SimulatedMarketState } from './simulated-market.ts'

const second = 1_000_000
const config = (fields: Partial<SimulatedMarketConfig> = {}): SimulatedMarketConfig => ({
  seed: 1,
  startUs: testStartUs,
  ...fields,
})
const play = (seconds: number, fields: Partial<SimulatedMarketConfig> = {}) =>
  createSimulatedMarket(config(fields)).generate(testStartUs + seconds * second)

/** An item as one line: everything that the planes can see of it. */
const lineOf = (item: FeedItem) =>
  `${item.type} ${item.tsRecvUs} ${item.type === 'frame' ? (item.origin.snapshotSymbol ?? '') : ''} ${textOf(item)}`
const hashOf = (items: readonly FeedItem[]) => createHash('sha256').update(items.map(lineOf).join('\n')).digest('hex')

interface Message {
  readonly e?: string
  readonly s: string
  readonly E: number
  readonly [field: string]: unknown
}

/** The messages of frames, in order; REST snapshots get their symbol. */
function messagesOf(items: readonly FeedItem[]): (Message & { readonly tsRecvUs: number })[] {
  return items.flatMap((item) => {
    if (item.type !== 'frame') return []
    const json = JSON.parse(textOf(item)) as { readonly data?: Message } & Message
    return [{ ...(json.data ?? json), s: json.data?.s ?? item.origin.snapshotSymbol ?? '', tsRecvUs: item.tsRecvUs }]
  })
}

/**
 * Rebuilds a client's state from the messages of one symbol by the rules of Binance USD-M; throws at the first contradiction.
 */
function rebuild(messages: readonly Message[]) {
  const sides = { bids: new Map<string, string>(), asks: new Map<string, string>() }
  const set = (side: Map<string, string>, levels: unknown) => {
    for (const [price, size] of levels as [string, string][])
      if (Number(size) === 0) side.delete(price)
      else side.set(price, size)
  }
  const best = (side: Map<string, string>, pick: (...values: number[]) => number) =>
    pick(...[...side.keys()].map(Number))
  let lastId: number | undefined
  let buffered: Message[] = []
  const seen = { snapshots: 0, gaps: 0, applied: 0, quotesCompared: 0 }
  let bookId = -1

  const apply = (diff: Message) => {
    if (lastId === undefined || Number(diff['u']) <= lastId) return
    const fits = diff['pu'] === lastId || (seen.applied === 0 && Number(diff['U']) <= lastId + 1)
    if (!fits) {
      seen.gaps++
      lastId = undefined
      buffered = [diff]
      return
    }
    set(sides.bids, diff['b'])
    set(sides.asks, diff['a'])
    lastId = Number(diff['u'])
    bookId = lastId
    seen.applied++
    if (best(sides.bids, Math.max) >= best(sides.asks, Math.min)) throw new Error(`crossed at ${lastId}`)
  }

  let lastQuote: Message | undefined
  for (const message of messages) {
    if (message.e === 'bookTicker') {
      if (Number(message['b']) >= Number(message['a'])) throw new Error('crossed quote')
      lastQuote = message
    } else if (message.e === 'depthUpdate') {
      if (lastId === undefined) buffered.push(message)
      else apply(message)
      if (lastId === bookId && lastQuote && Number(lastQuote['u']) <= bookId && seen.applied > 1) {
        const isEqual =
          best(sides.bids, Math.max) === Number(lastQuote['b']) && best(sides.asks, Math.min) === Number(lastQuote['a'])
        if (!isEqual) throw new Error(`book and quote differ at ${bookId}`)
        seen.quotesCompared++
      }
    } else if (message.e === undefined) {
      seen.snapshots++
      if (lastId !== undefined) continue
      sides.bids.clear()
      sides.asks.clear()
      set(sides.bids, message['bids'])
      set(sides.asks, message['asks'])
      lastId = Number(message['lastUpdateId'])
      seen.applied = 0
      for (const diff of buffered.splice(0)) apply(diff)
    }
  }
  return seen
}

describe('the simulated market', () => {
  it('gives the same bytes for the same seed and start, and different ones otherwise', () => {
    const hash = hashOf(play(20))
    expect(hashOf(play(20))).toBe(hash)
    expect(hashOf(play(20, { seed: 2 }))).not.toBe(hash)
    expect(hash).toBe('ad507aedc97d920d172c828ee8f88294ed0d97448070a1bd841daba37f826901')
  })

  it('gives the same bytes however time is divided, also when every step is restored from a snapshot', () => {
    const names = Object.keys(scenarios) as (keyof typeof scenarios)[]
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(1_000),
        fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (name, seed, steps, restores) => {
          const scenario = hasten(scenarios[name])
          const total = steps.reduce((sum, step) => sum + step, 0)
          const whole = createSimulatedMarket(config({ seed, scenario })).generate(testStartUs + total)
          let market = createSimulatedMarket(config({ seed, scenario }))
          const parts: FeedItem[] = []
          let untilUs = testStartUs
          for (const step of steps) {
            if (restores) {
              const state = JSON.parse(JSON.stringify(market.snapshot())) as SimulatedMarketState
              market = createSimulatedMarket(config({ seed, scenario }), state)
            }
            const fromUs = untilUs
            untilUs += step
            const part = market.generate(untilUs)
            expect(part.every((item) => item.tsRecvUs >= fromUs && item.tsRecvUs < untilUs)).toBe(true)
            parts.push(...part)
          }
          expect(hashOf(parts)).toBe(hashOf(whole))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('sends 50 to 150 frames a second and symbol, from a connect on, in order of receive time', () => {
    const items = play(60)
    expect(items[0]).toMatchObject({ type: 'connect', tsRecvUs: testStartUs })
    expect(items.every((item, i) => i === 0 || item.tsRecvUs >= (items[i - 1]?.tsRecvUs ?? 0))).toBe(true)
    const messages = messagesOf(items)
    for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SPY', 'TSLA']) {
      const rate = messages.filter(({ s }) => s === symbol).length / 60
      expect(rate).toBeGreaterThan(40)
      expect(rate).toBeLessThan(150)
    }
    const latencies = messages.map(({ tsRecvUs, E }) => tsRecvUs - E * 1000)
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(2_000)
    expect(Math.max(...latencies)).toBeLessThan(20_000)
  })

  it.each(['calm', 'storm', 'flash-crash', 'feed-outage'] as const)(
    '%s: the book is never crossed, has consecutive ids and equals the quotes',
    (name) => {
      const messages = messagesOf(play(100, { scenario: scenarios[name] }))
      for (const symbol of ['BTCUSDT', 'SPY']) {
        const seen = rebuild(messages.filter(({ s }) => s === symbol))
        const isFaulty = name === 'feed-outage'
        expect(seen.snapshots).toBe(isFaulty ? (symbol === 'BTCUSDT' ? 3 : 2) : 1)
        expect(seen.gaps).toBe(isFaulty ? (symbol === 'BTCUSDT' ? 2 : 1) : 0)
        expect(seen.quotesCompared).toBeGreaterThan(100)
      }
    },
  )

  it('flash-crash: prices fall by 8 to 11 per cent from 60 s to 80 s, then half comes back', () => {
    const quotes = messagesOf(play(145, { scenario: scenarios['flash-crash'] })).filter(({ e }) => e === 'bookTicker')
    for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SPY', 'TSLA']) {
      const bidAt = (seconds: number) =>
        Number(quotes.findLast(({ s, tsRecvUs }) => s === symbol && tsRecvUs < testStartUs + seconds * second)?.['b'])
      expect(bidAt(80) / bidAt(60)).toBeGreaterThan(0.89)
      expect(bidAt(80) / bidAt(60)).toBeLessThan(0.92)
      expect(bidAt(62) / bidAt(60)).toBeLessThan(0.965)
      expect(bidAt(140) / bidAt(80)).toBeGreaterThan(1.02)
    }
  })

  it('feed-outage: there are no items between the disconnect and the connect 40 s later', () => {
    const items = play(100, { scenario: scenarios['feed-outage'] })
    const down = items.findIndex(({ type }) => type === 'disconnect')
    expect(items[down]?.tsRecvUs).toBeGreaterThanOrEqual(testStartUs + 45 * second)
    expect(items[down + 1]).toMatchObject({ type: 'connect', tsRecvUs: testStartUs + 85 * second })
  })

  it('bad-ticks: counts every bad frame, of every kind, and leaves the good ones unchanged', () => {
    const market = createSimulatedMarket(config({ scenario: scenarios['bad-ticks'] }))
    const lines = market.generate(testStartUs + 60 * second).map(textOf)
    const counts = market.badTickCounts()
    const good = new Set(play(60).map(textOf))
    const bad = lines.filter((line) => !good.has(line))
    const repeats = lines.length - new Set(lines).size
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    expect(Object.keys(counts).length).toBe(8)
    expect(Object.values(counts).every((count) => count > 10)).toBe(true)
    expect(bad.length + repeats).toBe(total)
    expect(lines.length).toBe(good.size + total)
  })

  it("clock-drift: the venue's clock runs ahead from 30 s on, is right again at 61 s, and falls behind from 90 s on", () => {
    const messages = messagesOf(play(130, { scenario: scenarios['clock-drift'] }))
    const aheadMs = messages.map(({ tsRecvUs, E }) => E - tsRecvUs / 1000)
    const upTo = (seconds: number) => messages.findIndex(({ tsRecvUs }) => tsRecvUs >= testStartUs + seconds * second)
    expect(Math.max(...aheadMs.slice(0, upTo(30)))).toBeLessThan(0)
    expect(aheadMs[upTo(50)]).toBeGreaterThan(9_900)
    expect(Math.max(...aheadMs.slice(upTo(62), upTo(90)))).toBeLessThan(0)
    expect(Math.min(...aheadMs.slice(upTo(62), upTo(90)))).toBeGreaterThan(-100)
    expect(aheadMs.at(-1)).toBeLessThan(-1_900)
  })

  it('real sessions: equities rest until New York opens, crypto does not', () => {
    const openUs = Date.UTC(2024, 7, 8, 13, 30) * 1000
    const startUs = openUs - 10 * second
    const market = createSimulatedMarket(config({ startUs, sessions: 'real' }))
    const before = messagesOf(market.generate(openUs)).filter(({ e }) => e !== undefined)
    const after = messagesOf(market.generate(openUs + 10 * second))
    expect(new Set(before.map(({ s }) => s))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']))
    expect(new Set(after.map(({ s }) => s))).toEqual(new Set(['BTCUSDT', 'ETHUSDT', 'SPY', 'TSLA']))
  })
})

describe('simulatedInstruments', () => {
  it('have the rules of the instruments file', () => {
    const rules = ({ venueSymbol, tickSize, lotSize, session }: SimulatedInstrument | Instrument) => ({
      venueSymbol,
      tickSize,
      lotSize,
      session,
    })
    const file = loadInstruments().filter(({ venue }) => venue === 'sim')
    expect(simulatedInstruments.map(rules)).toEqual(file.map(rules))
  })
})

describe('simulatedFeed', () => {
  it('hands over exactly the items that the market generates before the end, and marks the end', async () => {
    const market = createSimulatedMarket(config())
    const items = await itemsOf(simulatedFeed(market, { untilUs: testStartUs + 2.05 * second }))
    expect(items.at(-1)).toEqual({ type: 'time', tsRecvUs: testStartUs + 2.05 * second - 1 })
    expect(hashOf(items.slice(0, -1))).toBe(hashOf(play(2.05)))
    expect(market.nowUs()).toBe(testStartUs + 2.05 * second)
  })

  it('resumes where it was closed', async () => {
    const market = createSimulatedMarket(config())
    const feed = simulatedFeed(market)
    const items: FeedItem[] = []
    for await (const batch of feed.batches()) {
      items.push(...batch)
      if (items.length > 500) await feed.close()
    }
    const resumed = createSimulatedMarket(
      config(),
      JSON.parse(JSON.stringify(market.snapshot())) as SimulatedMarketState,
    )
    items.push(...resumed.generate(testStartUs + 10 * second))
    expect(hashOf(items)).toBe(hashOf(play(10)))
  })

  it('emits the time when there are no items', async () => {
    const scenario: Scenario = { about: 'away at once', incidents: [{ kind: 'outage', atS: 0, forS: 10 }] }
    const items = await itemsOf(
      simulatedFeed(createSimulatedMarket(config({ scenario })), { untilUs: testStartUs + second }),
    )
    expect(items.map(({ type }) => type)).toEqual([
      'connect',
      'disconnect',
      ...Array.from({ length: 10 }, () => 'time').slice(1),
    ])
  })
})

/** The scenario ten times as fast, so that a short run covers all of it. */
function hasten({ phases = [], incidents = [], ...scenario }: Scenario): Scenario {
  return {
    ...scenario,
    phases: phases.map((phase) => ({ ...phase, fromS: phase.fromS / 10, toS: phase.toS / 10 })),
    incidents: incidents.map((incident) => {
      if (incident.kind === 'outage') return { ...incident, atS: incident.atS / 10, forS: incident.forS / 10 }
      return { ...incident, atS: incident.atS / 10, resyncAfterS: incident.resyncAfterS / 10 }
    }),
    ...(scenario.badTicks && { badTicks: { fromS: 0.8, everyS: 0.025 } }),
    ...(scenario.clockDrift && { clockDrift: [{ fromS: 3, toS: 60, rate: 0.5 }] }),
  }
}
