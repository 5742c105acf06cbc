import {
  symbolOf,
  type Bar,
  type EventType,
  type Ofi,
  type Quote,
  type Trade,
  venueOf,
  type PortfolioState,
} from '@triplane/contracts'
import { historyTable, type Column, type HistoryTable } from './history-table.ts'

const market: readonly Column<Trade | Quote | Bar | Ofi>[] = [
  ['time', 'time', (event) => event.tsRecvUs],
  ['source', 'text', (event) => event.source],
  ['venue', 'text', (event) => venueOf(event.instrument)],
  ['symbol', 'text', (event) => symbolOf(event.instrument)],
]

const trades = historyTable('trade', [
  ...market,
  ['event_time', 'time', (trade) => trade.tsEventUs],
  ['trade_id', 'integer', ({ tradeId }) => (typeof tradeId === 'number' ? tradeId : undefined)],
  ['trade_ref', 'text', ({ tradeId }) => (typeof tradeId === 'string' ? tradeId : undefined)],
  ['price', 'double', (trade) => trade.price],
  ['size', 'double', (trade) => trade.size],
  ['aggressor', 'text', (trade) => trade.aggressor],
])

const quotes = historyTable('quote', [
  ...market,
  ['event_time', 'time', (quote) => quote.tsEventUs],
  ['update_id', 'integer', (quote) => quote.updateId],
  ['bid', 'double', (quote) => quote.bid],
  ['bid_size', 'double', (quote) => quote.bidSize],
  ['ask', 'double', (quote) => quote.ask],
  ['ask_size', 'double', (quote) => quote.askSize],
])

const bars = historyTable(
  'bar',
  [
    ...market,
    ['timeframe', 'text', (bar) => bar.timeframe],
    ['origin', 'text', (bar) => bar.origin],
    ['open_time', 'time', (bar) => bar.openTimeUs],
    ['open', 'double', (bar) => bar.open],
    ['high', 'double', (bar) => bar.high],
    ['low', 'double', (bar) => bar.low],
    ['close', 'double', (bar) => bar.close],
    ['volume', 'double', (bar) => bar.volume],
    ['quote_volume', 'double', (bar) => bar.quoteVolume],
    ['buy_volume', 'double', (bar) => bar.buyVolume],
    ['trades', 'integer', (bar) => bar.trades],
    ['incomplete', 'boolean', (bar) => bar.incomplete ?? false],
    ['revised', 'boolean', (bar) => bar.revised ?? false],
  ],
  { keeps: (bar) => bar.closed },
)

const ofi = historyTable('ofi', [
  ...market,
  ['value', 'double', (event) => event.value],
  ['interval_start', 'time', (event) => event.intervalStartUs],
  ['interval_value', 'double', (event) => event.intervalValue],
  ['depth', 'double', (event) => event.depth],
])

const signals = historyTable('signal', [
  ['time', 'time', (signal) => signal.effectUs],
  ['strategy', 'text', (signal) => signal.strategy],
  ['symbol', 'text', (signal) => symbolOf(signal.instrument)],
  ['strength', 'double', (signal) => signal.strength],
  ['direction', 'text', (signal) => signal.direction],
])

const orderState =
  'seq, time, strategy, venue, symbol, state, reason, side, order_type, quantity, requested_quantity, filled_quantity, limit_price, intent_time, state_time'
const excludedState = orderState.replace(/\w+/g, (name) => `excluded.${name}`)

const orderJournal = historyTable(
  'orderEvent',
  [
    ['time', 'time', (event) => event.effectUs],
    ['intent_id', 'text', (event) => event.intentId],
    ['strategy', 'text', (event) => event.strategy],
    ['venue', 'text', (event) => venueOf(event.instrument)],
    ['symbol', 'text', (event) => symbolOf(event.instrument)],
    ['state', 'text', (event) => event.state],
    ['reason', 'text', (event) => event.reason],
    ['side', 'text', (event) => event.side],
    ['order_type', 'text', (event) => event.orderType],
    ['quantity', 'numeric', (event) => event.quantity],
    ['requested_quantity', 'numeric', (event) => event.requestedQuantity],
    ['filled_quantity', 'numeric', (event) => event.filledQuantity],
    ['limit_price', 'numeric', (event) => event.limitPrice],
    ['intent_time', 'time', (event) => event.tsIntentUs],
    ['state_time', 'time', (event) => event.tsStateUs],
    ['previous_state_time', 'time', (event) => event.tsPrevStateUs],
  ],
  {
    // The last state of each order: the stage's newest, unless the table has a newer one.
    alsoInsert: (stage) => `insert into orders (run_id, intent_id, ${orderState})
      select distinct on (intent_id) $1, intent_id, ${orderState} from ${stage} order by intent_id, seq desc
      on conflict (run_id, intent_id) do update set (${orderState}) = row(${excludedState}) where orders.seq < excluded.seq`,
  },
)

const fills = historyTable('fill', [
  ['time', 'time', (fill) => fill.effectUs],
  ['fill_id', 'text', (fill) => fill.fillId],
  ['intent_id', 'text', (fill) => fill.intentId],
  ['strategy', 'text', (fill) => fill.strategy],
  ['venue', 'text', (fill) => venueOf(fill.instrument)],
  ['symbol', 'text', (fill) => symbolOf(fill.instrument)],
  ['side', 'text', (fill) => fill.side],
  ['quantity', 'numeric', (fill) => fill.quantity],
  ['price', 'numeric', (fill) => fill.price],
  ['fee', 'numeric', (fill) => fill.fee],
  ['liquidity', 'text', (fill) => fill.liquidity],
  ['status', 'text', (fill) => fill.status],
  ['is_first', 'boolean', (fill) => fill.first],
  ['decision_mid', 'double', (fill) => fill.decisionMid],
  ['slippage_bps', 'double', (fill) => fill.slippageBps],
  ['intent_time', 'time', (fill) => fill.tsIntentUs],
  ['ack_time', 'time', (fill) => fill.tsAckUs],
  ['venue_time', 'time', (fill) => fill.tsVenueUs],
])

const accountOpenings = historyTable('accountOpened', [
  ['time', 'time', (opened) => opened.effectUs],
  ['opening_id', 'text', (opened) => opened.openingId],
  ['account', 'json', (opened) => opened.account],
  ['switches', 'json', (opened) => opened.switches],
])

/** A position as a row: with symbol and venue. */
function positionRow({ instrument, ...position }: PortfolioState['positions'][number]) {
  return { symbol: symbolOf(instrument), venue: venueOf(instrument), ...position }
}

const portfolioHistory = historyTable('portfolioState', [
  ['time', 'time', (state) => state.effectUs],
  ['equity_usd', 'numeric', (state) => state.equityUsd],
  ['realized_usd', 'numeric', (state) => state.realizedUsd],
  ['unrealized_usd', 'numeric', (state) => state.unrealizedUsd],
  ['fees_usd', 'numeric', (state) => state.feesUsd],
  ['gross_usd', 'numeric', (state) => state.grossUsd],
  ['net_usd', 'numeric', (state) => state.netUsd],
  ['drawdown_ratio', 'double', (state) => state.drawdownRatio],
  ['max_drawdown_ratio', 'double', (state) => state.maxDrawdownRatio],
  ['positions', 'json', ({ positions }) => positions.map(positionRow)],
])

const deadLetters = historyTable('deadLetter', [
  ['time', 'time', (letter) => letter.tsRecvUs],
  ['source', 'text', (letter) => letter.source],
  ['venue', 'text', (letter) => letter.venue],
  ['symbol', 'text', (letter) => letter.instrument && symbolOf(letter.instrument)],
  ['stage', 'text', (letter) => letter.stage],
  ['reason', 'text', (letter) => letter.reason],
  ['event_type', 'text', (letter) => letter.eventType],
  ['detail', 'text', (letter) => letter.detail],
  ['origin', 'json', (letter) => letter.origin],
  ['raw', 'latin1', (letter) => letter.raw],
  ['raw_bytes', 'integer', (letter) => letter.rawBytes],
  ['raw_sha256', 'text', (letter) => letter.rawSha256],
])

/** The table of each stored event type. */
export const historyTables: readonly HistoryTable[] = [
  trades,
  quotes,
  bars,
  ofi,
  signals,
  orderJournal,
  fills,
  accountOpenings,
  portfolioHistory,
  deadLetters,
]

/** Types of the events that are stored: the label values of the storage metrics. */
export const storedEventTypes: readonly EventType[] = historyTables.map((table) => table.eventType)
