import { normalizeRefusals, orderStates, riskCodes, switchTypes, validationRefusals } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import { formatReport } from './report-text.ts'
import { percentilesOf, type Report } from './report.ts'

const each = <Key extends string>(keys: readonly Key[], some: Partial<Record<Key, number>>) =>
  Object.fromEntries(keys.map((key) => [key, some[key] ?? 0])) as Record<Key, number>

const bar = {
  openTimeUs: testStartUs,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
  trades: 1,
  closed: true,
  incomplete: false,
}

const report: Report = {
  run: {
    id: 'cafe0001',
    source: 'simulated market',
    seed: 42,
    scenario: 'storm',
    startTimeUs: testStartUs,
    endTimeUs: testStartUs + 90_000_000,
    marketSeconds: 90,
  },
  frames: {
    in: 94_495,
    understood: 94_493,
    ignored: 0,
    refused: each([...normalizeRefusals, ...validationRefusals], { not_json: 2, duplicate: 1001 }),
  },
  events: {
    ...{ trade: 21_313, quote: 66_089, bookDelta: 6550, bookSnapshot: 1, bar: 12, ofi: 9000 },
    ...{ signal: 800, orderIntent: 61, fill: 44 },
  },
  gaps: 2,
  invalidBooks: 3,
  books: {
    'BTC/USDT@sim': { valid: true, bid: 61659.7, bidSize: 1.486, ask: 61659.8, askSize: 0.981, updateId: 5 },
    'SPY@sim': { valid: false, updateId: 0 },
  },
  bars: { 'BTC/USDT@sim': { '1m': [bar, bar, { ...bar, closed: false }], '5m': [] }, 'SPY@sim': { '1m': [bar] } },
  ofi: {
    'BTC/USDT@sim': [
      { startUs: testStartUs, value: 1.25 },
      { startUs: testStartUs + 1, value: -3 },
    ],
  },
  orders: each(orderStates, { filled: 40, cancelled: 9, denied: 12 }),
  denied: each(riskCodes, { price_collar: 12 }),
  execution: {
    partialFills: 5,
    commissionUsd: 12.345,
    slippageBps: { mean: 0.456, worst: 2.5 },
    participationDownscales: 1,
    ordersAfterTrip: 0,
  },
  positions: {
    'BTC/USDT@sim': { quantity: -0.25, mark: 61659.75, markAgeUs: 12_300_000, isMarkStale: true },
    'ETH/USDT@sim': { quantity: 1, mark: 2600, markAgeUs: 200_000, isMarkStale: false },
    'SPY@sim': { quantity: 0, mark: 530, markAgeUs: 99_000_000, isMarkStale: false },
  },
  pnl: {
    realizedUsd: -10.845,
    unrealizedUsd: -2.25,
    feesUsd: 12.345,
    equityUsd: 999_986.905,
    maxDrawdownRatio: 0.0123,
  },
  strategies: {
    OFI: { realizedUsd: 20, unrealizedUsd: -2, feesUsd: 3, maxDrawdownRatio: 0.01, positions: { 'BTC/USDT@sim': 0.5 } },
    MOM: { realizedUsd: -5, unrealizedUsd: 0, feesUsd: 1, maxDrawdownRatio: 0, positions: {} },
  },
  killSwitches: Object.fromEntries(
    switchTypes.map((type) => [
      type,
      { active: type === 'stale_data', distanceRatio: type === 'pnl' ? 0.1234 : 0, trips: 0 },
    ]),
  ) as Report['killSwitches'],
  storage: { rows: { trade: 21_313, quote: 0 }, dropped: 7 },
  latencyUs: { frameToOrder: { p50: 8.25, p99: 40, p999: 91.5 } },
  wallSeconds: 12.345,
  framesPerSecond: 7654.3,
  hash: 'aa',
  hashes: { data: 'bb', order: 'cc', strategy: 'dd' },
}

const instruments = [{ symbol: 'BTC/USDT', venue: 'sim', tickSize: '0.1' }]

describe('the report as text', () => {
  it.each([
    ['seed and start', /seed 42, scenario storm\n {2}2024-08-08T14:30:00\.000Z to 2024-08-08T14:31:30\.000Z/],
    ['market time, wall time and rate', /90 s of market time in 12\.35 s, 7,654 frames\/s/],
    ['frames and refusals by reason', /94,495 in; refused: not_json 2, duplicate 1,001\n/],
    ['events by type', /trade 21,313, quote 66,089, .*ofi 9,000, signal 800, orderIntent 61, fill 44/],
    ['gaps', /gaps +2; books invalid 3 times/],
    ['closed bars by timeframe', /bars closed 1m 3\n/],
    ['strategies', /OFI 18\.00 USD after fees of 3\.00, MOM -5\.00 USD after fees of 1\.00/],
    ['OFI', /BTC\/USDT@sim -1\.75 in 2 intervals/],
    ['books', /BTC\/USDT@sim {2}1\.486 x 61659\.7 \| 0\.981 x 61659\.8\n {2}SPY@sim {2}empty \| empty {2}not valid/],
    ['orders by state', /by state +denied 12, filled 40, cancelled 9\n/],
    ['denials by code', /denied +price_collar 12\n/],
    ['fills and slippage', /fills +44, 5 of them partial; slippage 0\.46 bps in the mean, 2\.5 at worst/],
    ['commission', /commission +12\.3[45] USD/],
    ['latencies', /p50 8\.3 us, p99 40 us, p99\.9 91\.5 us/],
    ['PnL', /equity +999,986\.9[01] USD: realised -10\.8[45] net of fees of 12\.3[45], unrealised -2\.25/],
    [
      'open positions, marks to the step',
      /positions +BTC\/USDT@sim -0\.25 at 61659\.8, a mark of 12\.3 s ago, ETH\/USDT@sim 1 at 2600\n/,
    ],
    ['drawdown', /drawdown +1\.23 % at most/],
    ['kill switches', /switches +pnl 0\.123, drawdown 0, psr 0, stale_data TRIPPED, manual 0\n/],
    ['rows', /Stored {2}trade 21,313; dropped 7/],
    ['hashes', /Hash aa\n {2}data +bb\n {2}strategy +dd\n {2}order +cc\n/],
  ])('has %s', (_, pattern) => {
    expect(formatReport(report, instruments)).toMatch(pattern)
  })

  it('leaves out empty sections', () => {
    const { storage: _storage, hash: _hash, hashes: _hashes, run, ...rest } = report
    const { seed: _seed, scenario: _scenario, ...replay } = run
    const text = formatReport(
      { ...rest, run: replay, denied: each(riskCodes, {}), positions: {}, ofi: {} },
      instruments,
    )
    expect(text).not.toMatch(/Stored|Hash|seed|undefined|NaN/)
    expect(text).toMatch(/denied +none\n/)
    expect(text).toMatch(/positions +none\n/)
    expect(text).toMatch(/OFI +none\n/)
  })
})

describe('percentiles', () => {
  it.each([
    ['none', [], { p50: 0, p99: 0, p999: 0 }],
    ['one', [7], { p50: 7, p99: 7, p999: 7 }],
    ['a thousand', Array.from({ length: 1000 }, (_, i) => 1000 - i), { p50: 500, p99: 990, p999: 999 }],
  ])('are those of the nearest rank of %s', (_, samples, want) => {
    expect(percentilesOf(Float64Array.from(samples))).toEqual(want)
  })
})
