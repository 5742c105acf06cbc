import type { Instrument } from '@triplane/contracts'
import { configuredRates, tradableOf } from '@triplane/instruments'
import { createLogger } from '@triplane/logging'
import { catalogs, type MetricDefinition } from '@triplane/metrics'
import { anInstrument, readExposition, testStartUs } from '@triplane/testing'
import { dataPlaneConfig } from '../../data-core/test/config.ts'
import { aFrame, message, origin } from '../../data-core/test/tape.ts'
import { dataPlane, orderPlane, strategyPlane } from '../src/index.ts'

const MAX_SERIES = 10_000

const manyOf = (count: number, fields: Partial<Instrument> = {}): Instrument[] =>
  Array.from({ length: count }, (_, i) => anInstrument({ symbol: `S${i}/USDT`, venueSymbol: `S${i}USDT`, ...fields }))

const rates = configuredRates({ USDT: '1' })

/** The metrics of the planes as their hosts make them, and what each dropped for its cap. */
function metricsOf(instruments: readonly Instrument[], maxSeries = MAX_SERIES) {
  const dropped: string[] = []
  const logger = createLogger({
    service: 'test',
    destination: {
      write(line) {
        const { drop } = JSON.parse(line) as { drop: { metric: string } }
        dropped.push(drop.metric)
      },
    },
  })
  const options = { source: 'sim', maxSeries, logger }
  const traded = { ...options, instruments: tradableOf(instruments, rates) }
  const metrics = {
    data: dataPlane.createMetrics({ ...options, instruments }),
    strategy: strategyPlane.createMetrics(traded),
    order: orderPlane.createMetrics(traded),
  }
  return { metrics, dropped }
}

const planes = ['data', 'strategy', 'order'] as const
type Plane = (typeof planes)[number]

/** Series more that each plane has for each of so many instruments than for one of them. */
function seriesOfEach(instruments: readonly Instrument[]): Record<Plane, number> {
  const few = metricsOf(instruments.slice(0, 1), 1e7).metrics
  const all = metricsOf(instruments, 1e7).metrics
  const of = (plane: Plane) => (all[plane].seriesLines - few[plane].seriesLines) / (instruments.length - 1)
  return { data: of('data'), strategy: of('strategy'), order: of('order') }
}

const catalogOf = (plane: Plane): readonly MetricDefinition[] => Object.values(catalogs[`${plane}_plane`])
const isDetail = ({ priority }: MetricDefinition) => priority === 'book' || priority === 'detail'

/** Series of the metric of one instrument. */
function seriesOf({ labels, buckets }: MetricDefinition): number {
  const sets = labels.reduce((product, label) => product * (typeof label === 'string' ? 1 : label.values.length), 1)
  return sets * (buckets.length > 0 ? buckets.length + 3 : 1)
}

describe('the series of an instrument', () => {
  it.each([
    { what: 'an index', fields: { kind: 'index' }, want: { data: 3, strategy: 0, order: 0 } },
    { what: 'what is only quoted', fields: { isTraded: false }, want: { data: 4, strategy: 0, order: 0 } },
    { what: 'one with a book', fields: { isTraded: false, hasBook: true }, want: { data: 4, strategy: 0, order: 0 } },
  ] as const)('are at most 4 of $what', ({ fields, want }) => {
    expect(seriesOfEach(manyOf(10, fields))).toEqual(want)
  })

  it.each(planes)('are at most 45 in the %s plane of what is traded, details apart', (plane) => {
    const details = catalogOf(plane).filter(isDetail)
    const ofDetails = details.reduce((sum, metric) => sum + seriesOf(metric), 0)
    const essential = seriesOfEach(manyOf(10))[plane] - ofDetails
    expect(essential).toBeGreaterThan(0)
    expect(essential).toBeLessThanOrEqual(45)
  })

  it('fit the default cap for 200 that are traded, but for details, of which each is said once', () => {
    const { metrics, dropped } = metricsOf(manyOf(200))
    for (const plane of planes) expect(metrics[plane].seriesLines).toBeLessThanOrEqual(MAX_SERIES)
    const details = planes.flatMap(catalogOf).filter(isDetail)
    expect(details.map(({ name }) => name)).toEqual(expect.arrayContaining(dropped))
    expect(new Set(dropped).size).toBe(dropped.length)
    const kept = details.filter(({ name }) => !dropped.includes(name)).map(({ name }) => name)
    expect(kept).toEqual(['data_freshness_seconds'])
  })

  it('count what is dropped', async () => {
    const { metrics, dropped } = metricsOf(manyOf(200))
    const texts = await Promise.all(planes.map((plane) => metrics[plane].expose()))
    const counted = texts.flatMap((text) =>
      readExposition(text)
        .filter(({ name }) => name === 'triplane_metrics_series_dropped_total')
        .flatMap(({ samples }) => samples.map(({ labels, value }) => [labels['metric'], value] as const)),
    )
    const definitions = planes.flatMap(catalogOf).filter(({ name }) => dropped.includes(name))
    expect(new Map(counted)).toEqual(new Map(definitions.map((metric) => [metric.name, 200 * seriesOf(metric)])))
  })

  it('fit the default cap for an option chain of 2,000 that are quoted, with nothing dropped', () => {
    const { metrics, dropped } = metricsOf([anInstrument(), ...manyOf(2_000, { isTraded: false })])
    expect(dropped).toEqual([])
    for (const plane of planes) expect(metrics[plane].seriesLines).toBeLessThanOrEqual(MAX_SERIES)
    expect(metrics.data.seriesLines).toBeGreaterThan(8_000)
  })

  it('are no more than what is known from the start, whatever comes of what is only quoted', async () => {
    const T = testStartUs
    const btc = { symbol: 'BTC/USDT', venueSymbol: 'BTCUSDT' }
    const instruments = [
      anInstrument({ ...btc, isTraded: false }),
      anInstrument({ symbol: 'ETH/USDT', venueSymbol: 'ETHUSDT' }),
    ]
    const { data } = metricsOf(instruments).metrics
    const known = data.seriesLines
    const parts = { config: dataPlaneConfig(), source: 'sim', instruments, isSessionOpen: () => true, metrics: data }
    const { core, observe, freshness } = dataPlane.build({ ...parts, nowUs: () => T, monotonicUs: () => T })
    core.accept({ type: 'connect', origin, tsRecvUs: T })
    for (const text of [message.trade(T, 1), message.quote(T, 2), message.snapshot(T, 10), message.trade(T, 9, 101)])
      core.accept(aFrame(text, T))
    freshness.published()
    core.accept({ type: 'time', tsRecvUs: T + 400_000_000 })
    core.outbox.drain().forEach(observe)
    const samples = readExposition(await data.expose()).flatMap((family) => family.samples)
    const shown = samples.filter(({ labels }) => labels['symbol'] === 'BTC/USDT')
    expect(shown.map(({ name, labels, value }) => [name, labels['type'], value])).toEqual([
      ['data_ticks_received_total', undefined, 3],
      ['data_last_receive_timestamp_seconds', undefined, T / 1e6],
      ['crypto_price', 'bid', 99.9],
      ['crypto_price', 'ask', 100.1],
    ])
    expect(data.seriesLines).toBe(known)
  })
})
