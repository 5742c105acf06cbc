import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSimulation } from '@triplane/feeds'
import { systemClock } from '@triplane/kernel'
import { testStartUs } from '@triplane/testing'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const MINUTES = 4
const SPOT = 'BTC/USDT@binance_spot'
const USDM = 'BTC/USDT@binance_usdm'
/** A second market of the same symbol: our list has the perpetual's own name there. */
const elsewhere = {
  ...{ symbol: 'BTC/USDT', venue: 'binance_usdm', exchange: 'elsewhere', venueSymbol: 'BTCUSDTX' },
  ...{ kind: 'linear_perpetual', base: 'BTC', quote: 'USDT', tickSize: '0.01', lotSize: '0.00001', minNotional: '100' },
  session: '24x7',
}

type Payload = Record<string, unknown>

/** As the USD-M market writes, under another venue symbol. */
const asUsdm = ({ s: _, ...payload }: Payload): Payload => ({ ...payload, ...(_ !== undefined && { s: 'BTCUSDTX' }) })

/** As the spot market writes: no times of the match engine, consecutive update ids, and whether the best price was matched. */
function asSpot({ T, E, X: _, pu: __, ...payload }: Payload): Payload {
  if (payload['lastUpdateId'] !== undefined) return payload
  if (payload['e'] === 'bookTicker')
    return { u: payload['u'], s: payload['s'], b: payload['b'], B: payload['B'], a: payload['a'], A: payload['A'] }
  return { ...payload, E, ...(payload['e'] === 'trade' && { T, M: true }) }
}

/** What the simulated market says of BTC/USDT for some minutes, as the lines of a capture. */
async function recorded(seed: number, stream: string, write: (payload: Payload) => Payload): Promise<string> {
  const plan = { seed, startUs: testStartUs, scenario: 'calm', sessions: 'always' } as const
  const { feed } = openSimulation(plan, { speed: 'max', durationUs: MINUTES * 60_000_000 }, systemClock)
  const lines: string[] = []
  for await (const batch of feed.batches()) {
    for (const item of batch) {
      if (item.type !== 'frame') continue
      const json = JSON.parse(Buffer.from(item.bytes.subarray(item.start, item.end)).toString()) as Payload
      const [name, kind] = String(json['stream'] ?? '').split('@')
      const isBtc = name === 'btcusdt' || item.origin.snapshotSymbol === 'BTCUSDT'
      if (!isBtc) continue
      const said =
        kind === undefined ? write(json) : { stream: `${stream}@${kind}`, data: write(json['data'] as Payload) }
      lines.push(`${item.tsRecvUs}000 ${JSON.stringify(said)}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** BTC/USDT is two instruments where it trades on two venues: nothing of one is taken for the other's. */
describe('one symbol on two venues in one run', () => {
  const folder = temporaryFolder()
  let together: Report
  let apart: Readonly<Record<string, Report>>
  let replay: (...names: readonly string[]) => Promise<Report>

  beforeAll(async () => {
    const instruments = join(folder(), 'instruments.json')
    writeFileSync(instruments, JSON.stringify({ version: 1, instruments: [elsewhere] }))
    writeFileSync(join(folder(), 'spot'), await recorded(3, 'btcusdt', asSpot))
    writeFileSync(join(folder(), 'usdm'), await recorded(8, 'btcusdtx', asUsdm))
    replay = (...names) =>
      runStandalone(
        [
          ...names.flatMap((name) => ['--capture', join(folder(), name)]),
          '--instruments',
          instruments,
          '--speed',
          'max',
        ],
        join(folder(), 'var'),
      )
    together = await replay('spot', 'usdm')
    apart = { [SPOT]: await replay('spot'), [USDM]: await replay('usdm') }
  }, 180_000)

  it('is replayed together, and loses nothing', () => {
    const { frames, events, gaps } = together
    expect(Object.values(frames.refused).reduce((sum, count) => sum + count, 0)).toBe(0)
    expect(gaps).toBe(0)
    for (const type of ['trade', 'quote', 'bookDelta'] as const) {
      expect(apart[SPOT]?.events[type]).toBeGreaterThan(100)
      expect(events[type]).toBe((apart[SPOT]?.events[type] ?? 0) + (apart[USDM]?.events[type] ?? 0))
    }
  })

  it.each([SPOT, USDM])('has the books, bars and order flow of %s as if it were alone', (instrument) => {
    const alone = apart[instrument]
    expect(together.books[instrument]).toMatchObject({ valid: true })
    expect(together.books[instrument]).toEqual(alone?.books[instrument])
    expect(together.bars[instrument]).toEqual(alone?.bars[instrument])
    expect(together.ofi[instrument]).toEqual(alone?.ofi[instrument])
  })

  it('is traded apart, each at the prices of its own market', () => {
    expect(together.books[SPOT]?.bid).not.toBe(together.books[USDM]?.bid)
    // A position is there once something was filled.
    expect(Object.keys(together.positions).sort()).toEqual([SPOT, USDM])
    for (const instrument of [SPOT, USDM]) {
      const { mark = NaN } = together.positions[instrument] ?? {}
      const { bid = NaN, ask = NaN } = together.books[instrument] ?? {}
      expect(Math.abs(mark - (bid + ask) / 2)).toBeLessThan(30)
      expect(together.orders.filled).toBeGreaterThan(apart[instrument]?.orders.filled ?? NaN)
    }
  })

  it('gives the same hash again', async () => {
    expect((await replay('spot', 'usdm')).hash).toBe(together.hash)
  }, 60_000)
})
