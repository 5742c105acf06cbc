import {
  isKnownCode,
  isTraded,
  timeframes,
  type Bar,
  type DeadLetter,
  type MarketEvent,
  type NormalizeRefusal,
  type Trade,
  type ValidationRefusal,
} from '@triplane/contracts'
import type { DataCore, Lane } from '@triplane/data-core'
import { disconnectReasonsOf, OTHER_REASON } from '@triplane/feeds'
import { frameRefusalsOf, refusalsOf } from '@triplane/market-data'
import {
  createPlaneMetrics,
  quotedPrices,
  type CounterHandle,
  type Metrics,
  type PlaneMetricsOptions,
} from '@triplane/metrics'
import { instrumentLabels, labelsOf, type InstrumentLabels, type MarketLabels } from '../instrument-labels.ts'
import { RollingMinute } from './rolling-minute.ts'
import { exportStageCounts, showStages } from './stage-counts.ts'

type DataMetrics = Metrics<'data_plane'>

const LEVELS = 20
const prices = ['last', 'bid', 'ask'] as const

/** The handles of one instrument, each an array add, and its newest times. */
interface InstrumentMetrics {
  readonly lane: Lane
  readonly market: MarketLabels
  readonly ofSource: MarketLabels & { readonly source: string }
  readonly ticks: CounterHandle
  /** Undefined for an instrument that is only quoted. */
  readonly traded: TradedMetrics | undefined
  /** When the newest event was received (wall time), and its event time. */
  lastRecvUs: number
  lastEventUs: number
}

/** The handles used on the hot path of a traded instrument. */
interface TradedMetrics {
  readonly ofi: CounterHandle
  readonly buys: CounterHandle
  readonly sells: CounterHandle
  readonly bought: CounterHandle
  readonly sold: CounterHandle
  readonly gaps: CounterHandle
  readonly volume: RollingMinute
}

/** The metrics of the data plane, with every series of the source initialised. */
export function createDataMetrics(options: PlaneMetricsOptions & { readonly source: string }): Metrics<'data_plane'> {
  const { source } = options
  return createPlaneMetrics('data_plane', options, (metrics) => {
    showStages(metrics)
    showRefusals(metrics, source)
    for (const reason of disconnectReasonsOf(source)) metrics.feedDisconnects.of({ source, reason })
  })
}

/**
 * Gives the function that records each output of the data plane. Prices, books and candles are read from the core
 * before each scrape. `nowUs` is wall time and read for every event: pass a clock that is read once a turn.
 */
export function exportDataPlane(
  metrics: DataMetrics,
  core: DataCore,
  { source, nowUs }: { readonly source: string; readonly nowUs: () => number },
): (event: MarketEvent) => void {
  const labels = instrumentLabels(core.lanes.map(({ instrument }) => instrument))
  const byId = new Map(
    core.lanes.map((lane) => [lane.id, instrumentMetrics(metrics, lane, labelsOf(labels, lane.id), source)]),
  )
  exportStageCounts(metrics, core, source)
  const knownReasons: ReadonlySet<string> = new Set(disconnectReasonsOf(source))
  metrics.beforeScrape(() => {
    for (const of of byId.values()) measureInstrument(metrics, of, core.nowUs)
    metrics.feedConnected.set({ source }, core.isConnected ? 1 : 0)
  })

  function noteTick(of: InstrumentMetrics, tsEventUs: number | undefined): void {
    of.ticks.inc()
    of.lastRecvUs = nowUs()
    if (tsEventUs !== undefined) of.lastEventUs = tsEventUs
  }

  function noteDisconnect(reason = OTHER_REASON): void {
    metrics.feedDisconnects.inc({ source, reason: knownReasons.has(reason) ? reason : OTHER_REASON })
  }

  return function record(event) {
    switch (event.type) {
      case 'trade': {
        const of = byId.get(event.instrument) as InstrumentMetrics
        noteTick(of, event.tsEventUs)
        if (of.traded) noteTrade(of.traded, event)
        return
      }
      case 'quote':
        return noteTick(byId.get(event.instrument) as InstrumentMetrics, event.tsEventUs)
      case 'ofi':
        return byId.get(event.instrument)?.traded?.ofi.inc()
      case 'bookDelta':
      case 'bookSnapshot':
        ;(byId.get(event.instrument) as InstrumentMetrics).lastRecvUs = nowUs()
        return
      case 'bar':
        if (byId.get(event.instrument)?.traded) recordBar(metrics, source, labels, event)
        return
      case 'mark':
      case 'pastBar':
        return
      case 'deadLetter':
        return recordDeadLetter(metrics, event)
      case 'marketStatus':
        if (event.status === 'gap' && event.instrument !== undefined) byId.get(event.instrument)?.traded?.gaps.inc()
        if (event.status === 'disconnected') noteDisconnect(event.reason)
        return
    }
  }
}

function instrumentMetrics(metrics: DataMetrics, lane: Lane, market: MarketLabels, source: string): InstrumentMetrics {
  const ofSource = { source, ...market }
  return {
    lane,
    market,
    ofSource,
    ticks: metrics.ticksReceived.of(ofSource),
    traded: isTraded(lane.instrument) ? tradedMetrics(metrics, market, ofSource) : undefined,
    lastRecvUs: 0,
    lastEventUs: 0,
  }
}

function tradedMetrics(
  metrics: DataMetrics,
  market: MarketLabels,
  ofSource: InstrumentMetrics['ofSource'],
): TradedMetrics {
  return {
    ofi: metrics.ofiEvents.of(market),
    buys: metrics.trades.of({ ...market, side: 'buy' }),
    sells: metrics.trades.of({ ...market, side: 'sell' }),
    bought: metrics.tradeVolumeTotal.of({ ...market, side: 'buy' }),
    sold: metrics.tradeVolumeTotal.of({ ...market, side: 'sell' }),
    gaps: metrics.gaps.of(ofSource),
    volume: new RollingMinute(),
  }
}

function noteTrade({ buys, sells, bought, sold, volume }: TradedMetrics, { tsRecvUs, size, aggressor }: Trade): void {
  volume.add(tsRecvUs, size)
  if (aggressor === 'buy') {
    buys.inc()
    bought.inc(size)
  } else {
    sells.inc()
    sold.inc(size)
  }
}

function recordBar(
  metrics: DataMetrics,
  source: string,
  instruments: InstrumentLabels,
  { instrument, timeframe, closed, incomplete }: Bar,
): void {
  if (!closed) return
  const labels = { source, ...labelsOf(instruments, instrument), duration: timeframe }
  metrics.barsReceived.inc(labels)
  if (incomplete) metrics.barsIncomplete.inc(labels)
}

const marketTypes = ['trade', 'quote', 'bookDelta', 'bookSnapshot', 'bar'] as const
const countedTypes = ['frame', ...marketTypes] as const

/**
 * The metric's name for the subject of a dead letter. Refused records of the bus are counted where they are refused.
 */
const eventTypeOf = {
  frame: 'frame',
  trade: 'tick',
  quote: 'quote',
  bookDelta: 'book',
  bookSnapshot: 'book',
  bar: 'bar',
} as const

/** Initialises every refusal that can be counted. */
function showRefusals(metrics: Pick<DataMetrics, 'deadLetters' | 'validationErrors'>, source: string): void {
  for (const type of countedTypes) {
    for (const error_type of frameRefusalsOf[type])
      metrics.deadLetters.of({ event_type: eventTypeOf[type], error_type })
  }
  for (const type of marketTypes) {
    const event_type = eventTypeOf[type]
    for (const error_type of refusalsOf[type]) {
      metrics.deadLetters.of({ event_type, error_type })
      metrics.validationErrors.of({ source, error_type, event_type })
    }
  }
}

function recordDeadLetter(metrics: DataMetrics, { source, stage, reason, eventType }: DeadLetter): void {
  if (!isKnownCode(countedTypes, eventType)) return
  const event_type = eventTypeOf[eventType]
  metrics.deadLetters.inc({ event_type, error_type: reason as NormalizeRefusal | ValidationRefusal })
  if (stage === 'normalize') {
    metrics.normalizationErrors.inc({ source, error_type: reason as NormalizeRefusal })
    return
  }
  if (reason === 'clock_drift') metrics.ntpRejects.inc({ source })
  if (event_type !== 'frame')
    metrics.validationErrors.inc({ source, error_type: reason as ValidationRefusal, event_type })
}

function measureInstrument(metrics: DataMetrics, of: InstrumentMetrics, marketUs: number): void {
  const { lane, market, ofSource, traded } = of
  const { lastTrade, lastQuote } = lane
  const { source } = ofSource
  if (of.lastRecvUs > 0) metrics.lastReceive.set(ofSource, of.lastRecvUs / 1e6)
  metrics.clockOffset.set({ source }, lane.clock.offsetUs === undefined ? Number.NaN : lane.clock.offsetUs / 1e6)
  const price = { last: lastTrade?.price, bid: lastQuote?.bid, ask: lastQuote?.ask }
  for (const type of traded ? prices : quotedPrices(lane.instrument.kind)) {
    const known = price[type]
    if (known !== undefined) metrics.price.set({ ...market, type }, known)
  }
  if (traded) measureTraded(metrics, of, traded, marketUs)
}

function measureTraded(
  metrics: DataMetrics,
  { lane, market, ofSource, lastEventUs }: InstrumentMetrics,
  { volume }: TradedMetrics,
  marketUs: number,
): void {
  if (lastEventUs > 0) metrics.lastEvent.set(ofSource, lastEventUs / 1e6)
  const score = lane.completeness.score(marketUs)
  if (score !== undefined) metrics.completeness.set(market, score)
  metrics.tradeVolume.set(market, volume.sum(marketUs))
  if (lane.lastQuote) metrics.spread.set(market, lane.lastQuote.ask - lane.lastQuote.bid)
  measureCandles(metrics, lane, market)
  if (!lane.book) return
  metrics.bookValid.set(market, lane.book.isValid ? 1 : 0)
  measureBook(metrics, lane.book, market)
}

function measureCandles(metrics: DataMetrics, { bars }: Lane, market: MarketLabels): void {
  for (const timeframe of timeframes) {
    const bar = bars.forming(timeframe)
    if (bar === undefined) continue
    const labels = { ...market, timeframe }
    metrics.candleOpen.set(labels, bar.open)
    metrics.candleHigh.set(labels, bar.high)
    metrics.candleLow.set(labels, bar.low)
    metrics.candleClose.set(labels, bar.close)
    metrics.candleVolume.set(labels, bar.volume)
  }
}

/** The top levels of a valid book. An absent level is NaN, which a gauge does not expose. */
function measureBook(metrics: DataMetrics, keeper: NonNullable<Lane['book']>, market: MarketLabels): void {
  const { book } = keeper
  const bid = { quantity: 0, value: 0 }
  const ask = { quantity: 0, value: 0 }
  for (let i = 0; i < LEVELS; i++) {
    const level = { ...market, level: String(i) }
    metrics.bidPrice.set(level, book.bidPrice(i))
    metrics.bidQuantity.set(level, book.bidSize(i))
    metrics.bidCumulative.set(level, addLevel(bid, book.bidPrice(i), book.bidSize(i)))
    metrics.askPrice.set(level, book.askPrice(i))
    metrics.askQuantity.set(level, book.askSize(i))
    metrics.askCumulative.set(level, addLevel(ask, book.askPrice(i), book.askSize(i)))
  }
  const known = (value: number) => (keeper.isValid ? value : Number.NaN)
  metrics.depth.set({ ...market, side: 'bid' }, known(bid.quantity))
  metrics.depth.set({ ...market, side: 'ask' }, known(ask.quantity))
  metrics.totalBids.set(market, known(bid.value))
  metrics.totalAsks.set(market, known(ask.value))
}

/** Adds a level to the totals of its side. Gives the cumulative quantity; NaN when there is no such level. */
function addLevel(total: { quantity: number; value: number }, price: number, size: number): number {
  if (Number.isNaN(price)) return Number.NaN
  total.quantity += size
  total.value += price * size
  return total.quantity
}
