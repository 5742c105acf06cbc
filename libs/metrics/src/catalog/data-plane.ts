import { normalizeRefusals, timeframes, validationRefusals } from '@triplane/contracts'
import { among, counter, gauge, histogram, measurement, within } from '../definition.ts'
import { storedEvent } from './every-service.ts'
import { market } from './market.ts'

const BOOK_LEVELS = Array.from({ length: 20 }, (_, i) => `${i}`)

const aggressor = among('side', ['buy', 'sell'])
const bookSide = among('side', ['bid', 'ask'])
/** Not every kind of event can have every error: see `refusalsOf` of market-data. */
const marketEvent = within('event_type', ['tick', 'quote', 'book', 'bar'])
const deadEvent = within('event_type', ['frame', 'tick', 'quote', 'book', 'bar'])
const validationError = within('error_type', validationRefusals)
const normalizationError = among('error_type', normalizeRefusals)
const anyError = within('error_type', [...normalizeRefusals, ...validationRefusals])

const bySource = ['source', ...market] as const
const candle = [...market, among('timeframe', timeframes)] as const
const level = [...market, among('level', BOOK_LEVELS)] as const
const book = { priority: 'book' } as const
const detail = { priority: 'detail' } as const
const vital = { priority: 'vital' } as const
/** Also for instruments that are only quoted: whether they are received, when last, and their prices. */
const quoted = { isOfQuoted: true } as const

/**
 * The metrics of the data plane about the market and about itself. Within a priority, the last is dropped first over the cap.
 */
export const dataPlaneCatalog = {
  ticksReceived: counter('data_ticks_received_total', 'Tick events received.', bySource, quoted),
  barsReceived: counter('data_bars_received_total', 'Bar events received or built.', [
    ...bySource,
    among('duration', timeframes),
  ]),
  barsIncomplete: counter('data_bars_incomplete_total', 'Closed bars of which trades are missing, or may be.', [
    ...bySource,
    among('duration', timeframes),
  ]),
  finerThanSteps: counter(
    'data_finer_than_steps_total',
    'Events with a price or size that is finer than the steps of the instrument, which is not traded then.',
    bySource,
  ),
  ofiEvents: counter('data_ofi_events_generated_total', 'OFI events generated.', market),
  freshness: histogram(
    'data_freshness_seconds',
    'Publish time minus event time, above the clock offset of the source; of every event that is understood.',
    bySource,
    [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
  ),
  completeness: measurement(
    'data_completeness_score',
    'Received over expected intervals in a sliding window, 0-1.',
    market,
  ),
  validationErrors: counter('data_validation_errors_total', 'Events refused by validation.', [
    'source',
    validationError,
    marketEvent,
  ]),
  ntpRejects: counter('data_ntp_rejects_total', 'Events refused because they are ahead of our clock.', ['source']),
  normalizationErrors: counter('data_normalization_errors_total', 'Frames not understood.', [
    'source',
    normalizationError,
  ]),
  deadLetters: counter('data_dlq_messages_total', 'Events sent to the dead-letter topic.', [deadEvent, anyError]),
  storageWrites: counter('data_storage_writes_total', 'Rows written (ok) or failed (error).', [
    storedEvent,
    among('status', ['ok', 'error']),
  ]),
  storageWriteLatency: histogram(
    'data_storage_write_latency_seconds',
    'Time to write one batch.',
    [storedEvent],
    [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ),
  storageLastWrite: measurement(
    'data_storage_last_write_timestamp_seconds',
    'When rows of this kind were last stored.',
    [storedEvent],
  ),
  gaps: counter('data_gaps_total', 'Sequence or interval gaps found.', bySource),
  feedConnected: gauge('data_feed_connected', '1 while the feed is connected.', ['source'], vital),
  feedDisconnects: counter('data_feed_disconnects_total', 'Disconnects of the feed.', ['source', 'reason'], vital),
  lastEvent: measurement('data_last_event_timestamp_seconds', 'Event time of the newest event.', bySource),
  lastReceive: measurement(
    'data_last_receive_timestamp_seconds',
    'Wall time at which the newest event was received.',
    bySource,
    { ...vital, ...quoted },
  ),
  sessionOpen: gauge('data_session_open', "1 while the instrument's session is open.", market, vital),
  clockOffset: measurement(
    'data_clock_offset_seconds',
    'Receive time minus event time that is in force for the source.',
    ['source'],
  ),
  clockAgreements: counter(
    'data_clock_agreements_total',
    'Clock offsets taken anew because events ahead of the one in force agreed: a clock was set, or a connect was inside a burst.',
    ['source'],
  ),
  bookValid: gauge('data_book_valid', '1 while the book can be trusted.', market, vital),
  price: measurement(
    'crypto_price',
    'Last, best bid and best ask price.',
    [...market, among('type', ['last', 'bid', 'ask'])],
    quoted,
  ),
  trades: counter('crypto_trades_total', 'Trades by the side of the aggressor.', [...market, aggressor]),
  tradeVolume: gauge('crypto_trade_volume', 'Base volume of the last rolling minute.', market),
  tradeVolumeTotal: counter('crypto_trade_volume_total', 'Base volume since start, by the side of the aggressor.', [
    ...market,
    aggressor,
  ]),
  candleOpen: measurement('crypto_candle_open', 'Open price of the candle still forming.', candle, detail),
  candleHigh: measurement('crypto_candle_high', 'High price of the candle still forming.', candle, detail),
  candleLow: measurement('crypto_candle_low', 'Low price of the candle still forming.', candle, detail),
  candleClose: measurement('crypto_candle_close', 'Close price of the candle still forming.', candle, detail),
  candleVolume: measurement('crypto_candle_volume', 'Base volume of the candle still forming.', candle, detail),
  spread: measurement('crypto_spread', 'Best ask minus best bid, quote currency.', market),
  depth: measurement('crypto_depth', 'Base quantity in the top 20 levels.', [...market, bookSide]),
  totalBids: measurement('crypto_total_bids', 'Quote value of the top 20 bids.', market),
  totalAsks: measurement('crypto_total_asks', 'Quote value of the top 20 asks.', market),
  bidPrice: measurement('crypto_orderbook_bid_price', 'Price of the bid level.', level, book),
  askPrice: measurement('crypto_orderbook_ask_price', 'Price of the ask level.', level, book),
  bidQuantity: measurement('crypto_orderbook_bid_quantity', 'Base quantity of the bid level.', level, book),
  askQuantity: measurement('crypto_orderbook_ask_quantity', 'Base quantity of the ask level.', level, book),
  bidCumulative: measurement(
    'crypto_orderbook_bid_cumulative',
    'Base quantity of the bids down to the level.',
    level,
    book,
  ),
  askCumulative: measurement(
    'crypto_orderbook_ask_cumulative',
    'Base quantity of the asks up to the level.',
    level,
    book,
  ),
}
