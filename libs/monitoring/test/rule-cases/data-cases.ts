import type { RuleCase, RuleKey } from './rule-case.ts'

const critical: RuleKey = { severity: 'critical', plane: 'data' }
const error: RuleKey = { severity: 'error', plane: 'data' }
const warning: RuleKey = { severity: 'warning', plane: 'data' }
const info: RuleKey = { severity: 'info', plane: 'data' }
const file = 'data'

const target = 'service="data_plane", job="data-plane", instance="d:8000"'
const ofSpy = { source: 'sim', exchange: 'sim', symbol: 'SPY' }
const ofBitcoin = { source: 'sim', exchange: 'sim', symbol: 'BTC/USDT' }
const ticks = (symbol: string) =>
  `data_ticks_received_total{source="sim", exchange="sim", symbol="${symbol}", ${target}}`
const trades = (symbol: string) => `crypto_trades_total{exchange="sim", symbol="${symbol}", side="buy", ${target}}`
const session = (symbol: string) => `data_session_open{exchange="sim", symbol="${symbol}", ${target}}`
const connected = `data_feed_connected{source="sim", ${target}}`
const book = (symbol: string) => `data_book_valid{exchange="sim", symbol="${symbol}", ${target}}`
const received = (symbol: string) =>
  `data_last_receive_timestamp_seconds{source="sim", exchange="sim", symbol="${symbol}", ${target}}`
const disconnects = (reason: string) => `data_feed_disconnects_total{source="sim", reason="${reason}", ${target}}`
const spread = (symbol: string) => `crypto_spread{exchange="sim", symbol="${symbol}", ${target}}`
const price = (symbol: string, type: string) =>
  `crypto_price{exchange="sim", symbol="${symbol}", type="${type}", ${target}}`
const refused = (reason: string) =>
  `data_validation_errors_total{source="sim", error_type="${reason}", event_type="tick", ${target}}`
const freshness = (le: string) =>
  `data_freshness_seconds_bucket{le="${le}", source="sim", exchange="sim", symbol="SPY", ${target}}`
const gaps = `data_gaps_total{source="sim", exchange="sim", symbol="SPY", ${target}}`
const deadLetters = `data_dlq_messages_total{event_type="tick", error_type="bad_price", ${target}}`
const stored = (kind: string) => `data_storage_last_write_timestamp_seconds{event_type="${kind}", ${target}}`
const started = `process_start_time_seconds{${target}}`

/** BTC/USDT at two exchanges, which share one source here: only the exchange distinguishes them. */
const bitcoinAt = (exchange: string) => ({ source: 'sim', exchange, symbol: 'BTC/USDT' })
const at = (exchange: string, metric: string, more = '') =>
  `${metric}{source="sim", exchange="${exchange}", symbol="BTC/USDT", ${more}${target}}`
const inBook = (exchange: string, metric: string, more = '') =>
  `${metric}{exchange="${exchange}", symbol="BTC/USDT", ${more}${target}}`
const wellAt = (exchange: string) => ({
  [at(exchange, 'data_ticks_received_total')]: '0+50x60',
  [inBook(exchange, 'data_session_open')]: '1x60',
  [inBook(exchange, 'data_book_valid')]: '1x60',
})
const twoExchanges = { ...wellAt('binance'), ...wellAt('kraken'), [connected]: '1x60' }

/** A healthy feed: connected, open, and with trades of both symbols. */
const well = {
  [ticks('SPY')]: '0+50x60',
  [ticks('BTC/USDT')]: '0+50x60',
  [trades('SPY')]: '0+5x60',
  [trades('BTC/USDT')]: '0+5x60',
  [session('SPY')]: '1x60',
  [session('BTC/USDT')]: '1x60',
  [connected]: '1x60',
}

/** A silent instrument beside them that is only quoted: it has only these series. */
const silentQuoted = { [ticks('VIX')]: '7x60', [received('VIX')]: '0x60', [price('VIX', 'last')]: '15x60' }

const downOf = (labels: { source: string; exchange: string; symbol: string }) => ({
  labels,
  description: `${labels.source} is not connected, or nothing at all is received from it: nothing is known of ${labels.symbol} at ${labels.exchange}.`,
})

/** The same case for both names of the alert. */
function feedDown(
  title: string,
  one: Pick<RuleCase, 'series' | 'at'>,
  fires: readonly { readonly labels?: Readonly<Record<string, string>>; readonly description: string }[] = [],
): RuleCase[] {
  return [['FeedDown', critical] as const, ['WebSocketDown', info] as const].map(([alert, key]) => ({
    title,
    alert,
    file,
    ...one,
    ...(fires.length > 0 ? { fires: fires.map((fire) => ({ ...key, ...fire })) } : { quiet: [key] }),
  }))
}

const feedCases: readonly RuleCase[] = [
  ...feedDown('nothing while all trade', { series: well, at: '5m' }),
  ...feedDown(
    'every symbol of a source that is not connected',
    { series: { ...well, [connected]: '1x8 0x60' }, at: '5m' },
    [downOf(ofSpy), downOf(ofBitcoin)],
  ),
  ...feedDown(
    'every symbol of a source that connects only to lose it again',
    { series: { ...well, [connected]: '1 0 0 1 0 0 0x60' }, at: '2m' },
    [downOf(ofSpy), downOf(ofBitcoin)],
  ),
  ...feedDown('nothing for a symbol that is silent while another one of the source is not', {
    series: { ...well, [ticks('SPY')]: '0+50x8 400x60', [trades('SPY')]: '_x60' },
    at: '5m',
  }),
  ...feedDown('nothing for an instrument that is only quoted and silent', {
    series: { ...well, ...silentQuoted },
    at: '8m',
  }),
  ...feedDown(
    'an instrument that is only quoted too, when its source is not connected',
    { series: { ...well, ...silentQuoted, [connected]: '1x8 0x60' }, at: '5m' },
    [downOf(ofSpy), downOf(ofBitcoin), downOf({ ...ofSpy, symbol: 'VIX' })],
  ),
  ...feedDown('nothing while quotes come and trades do not', {
    series: { ...well, [trades('SPY')]: '0x60', [trades('BTC/USDT')]: '0x60' },
    at: '5m',
  }),
  ...feedDown('nothing while no trade and no quote, but books come', {
    series: {
      ...well,
      [ticks('SPY')]: '7x60',
      [ticks('BTC/USDT')]: '7x60',
      [received('SPY')]: '0+15x60',
      [received('BTC/USDT')]: '3x60',
      [started]: '0x60',
    },
    at: '5m',
  }),
  ...feedDown(
    'every symbol of a source from which nothing at all comes',
    { series: { ...well, [ticks('SPY')]: '0+50x8 400x60', [ticks('BTC/USDT')]: '0+50x8 400x60' }, at: '5m' },
    [downOf(ofSpy), downOf(ofBitcoin)],
  ),
  ...feedDown('nothing while nothing comes because every session is closed', {
    series: {
      ...well,
      [ticks('SPY')]: '7x60',
      [ticks('BTC/USDT')]: '7x60',
      [session('SPY')]: '0x60',
      [session('BTC/USDT')]: '0x60',
    },
    at: '5m',
  }),
  ...feedDown('a symbol whose connection is not there', { series: { ...well, [connected]: '_x60' }, at: '5m' }, [
    downOf(ofSpy),
    downOf(ofBitcoin),
  ]),
  ...feedDown('any, when nothing at all is there', { series: {}, at: '5m' }, [
    {
      description:
        'Every source is not connected, or nothing at all is received from it: nothing is known of any instrument.',
    },
  ]),
  ...feedDown('nothing while the plane cannot be reached: that has an alert of its own', {
    series: { 'up{job="data-plane", instance="d:8000"}': '0x60' },
    at: '5m',
  }),
  ...feedDown('nothing for a symbol whose session is closed', {
    series: { ...well, [session('SPY')]: '0x60', [trades('SPY')]: '0x60' },
    at: '5m',
  }),
  ...feedDown('nothing before a minute is over', {
    series: { ...well, [connected]: '1x16 0x60' },
    at: '5m',
  }),
  {
    title: 'four disconnects in an hour, of whatever reason',
    alert: 'FeedFlapping',
    file,
    every: '1m',
    series: { [disconnects('closed')]: '1x10 2x100', [disconnects('stalled')]: '_x20 2x100' },
    at: '40m',
    fires: [{ ...warning, labels: { source: 'sim' }, description: 'sim has disconnected 4 times in 1h.' }],
  },
  {
    title: 'nothing for three, or for those of the hour before',
    alert: 'FeedFlapping',
    file,
    every: '1m',
    series: { [disconnects('closed')]: '1x5 9x150', [disconnects('stalled')]: '_x80 3x100' },
    at: '2h',
    quiet: [warning],
  },
  {
    title: 'an instrument of which nothing has come for more than 300 s',
    alert: 'MarketDataStale',
    file,
    series: { ...well, [received('SPY')]: '100x60', [received('BTC/USDT')]: '0+15x60', [started]: '0x60' },
    at: '405s',
    fires: [{ ...error, labels: ofSpy, description: 'Nothing of SPY at sim from sim for 5m 5s.' }],
  },
  {
    title: 'an instrument of which nothing has come since the start',
    alert: 'MarketDataStale',
    file,
    series: { ...well, [received('BTC/USDT')]: '0+15x60', [started]: '0x60' },
    at: '330s',
    fires: [{ ...error, labels: ofSpy, description: 'Nothing of SPY at sim from sim for 5m 30s.' }],
  },
  {
    title: 'nothing of an instrument that is only quoted',
    alert: 'MarketDataStale',
    file,
    series: {
      ...well,
      ...silentQuoted,
      [received('SPY')]: '0+15x60',
      [received('BTC/USDT')]: '0+15x60',
      [started]: '0x60',
    },
    at: '8m',
    quiet: [error],
  },
  {
    title: 'nothing at 300 s, nor while the session is closed',
    alert: 'MarketDataStale',
    file,
    series: {
      ...well,
      [received('SPY')]: '0x60',
      [received('BTC/USDT')]: '60x60',
      [session('SPY')]: '0x60',
      [started]: '0x60',
    },
    at: '6m',
    quiet: [error],
  },
]

const qualityCases: readonly RuleCase[] = [
  {
    title: 'more than ten refusals a second, of all reasons together',
    alert: 'HighErrorRate',
    file,
    series: { [refused('bad_price')]: '0+90x60', [refused('duplicate')]: '0+90x60' },
    at: '11m',
    fires: [
      { ...warning, labels: { source: 'sim' }, description: '12 events a second of sim are refused by validation.' },
    ],
  },
  {
    title: 'nothing at ten a second',
    alert: 'HighErrorRate',
    file,
    series: { [refused('bad_price')]: '0+150x60' },
    at: '12m',
    quiet: [warning],
  },
  {
    title: 'one event in ten later than 100 ms',
    alert: 'HighDataLatency',
    file,
    series: { [freshness('0.1')]: '0+90x60', [freshness('0.25')]: '0+100x60', [freshness('+Inf')]: '0+100x60' },
    at: '11m',
    fires: [
      { ...warning, labels: { source: 'sim' }, description: 'The 95th percentile of freshness of sim is 175ms.' },
    ],
  },
  {
    title: 'nothing while 95 in 100 come within 100 ms',
    alert: 'HighDataLatency',
    file,
    series: { [freshness('0.1')]: '0+95x60', [freshness('0.25')]: '0+100x60', [freshness('+Inf')]: '0+100x60' },
    at: '12m',
    quiet: [warning],
  },
  {
    title: 'more than ten gaps in an hour',
    alert: 'DataGaps',
    file,
    every: '1m',
    series: { [gaps]: '0+1x120' },
    at: '70m',
    fires: [{ ...warning, labels: ofSpy, description: '60 gaps in 1h in SPY at sim from sim.' }],
  },
  {
    title: 'nothing for ten gaps in an hour',
    alert: 'DataGaps',
    file,
    every: '1m',
    series: { [gaps]: '0x60 10x120' },
    at: '80m',
    quiet: [warning],
  },
  {
    title: 'a book that is not valid for a minute',
    alert: 'BookInvalid',
    file,
    series: { ...well, [book('SPY')]: '0x60', [book('BTC/USDT')]: '1x60' },
    at: '1m',
    fires: [
      {
        ...warning,
        labels: ofSpy,
        description: 'The book of SPY at sim from sim is not valid: strategies do not see it.',
      },
    ],
  },
  {
    title: 'nothing for a book that is repaired within a minute, or whose session is closed',
    alert: 'BookInvalid',
    file,
    series: { ...well, [book('SPY')]: '0x60', [session('SPY')]: '0x60', [book('BTC/USDT')]: '0x3 1x60' },
    at: '5m',
    quiet: [warning],
  },
  {
    title: 'more than one dead letter a second',
    alert: 'DlqGrowing',
    file,
    series: { [deadLetters]: '0+30x60' },
    at: '11m',
    fires: [{ ...warning, description: '2 events a second go to the dead-letter topic.' }],
  },
  {
    title: 'nothing for one a second',
    alert: 'DlqGrowing',
    file,
    series: { [deadLetters]: '0+15x60' },
    at: '12m',
    quiet: [warning],
  },
]

const atPrice = { severity: 'info', plane: 'data', level: 'below 500' } as const
const atKraken = { severity: 'info', plane: 'data', level: 'above 100000' } as const

const marketCases: readonly RuleCase[] = [
  {
    title: 'a spread wider than the limit of its symbol, listed or not',
    alert: 'HighSpread',
    file,
    series: {
      ...well,
      [ticks('ILLIQUID')]: '1x60',
      [spread('BTC/USDT')]: '60x60',
      [price('BTC/USDT', 'bid')]: '99970x60',
      [price('BTC/USDT', 'ask')]: '100030x60',
      [spread('ILLIQUID')]: '1x60',
      [price('ILLIQUID', 'bid')]: '99.5x60',
      [price('ILLIQUID', 'ask')]: '100.5x60',
    },
    at: '30s',
    fires: [
      { ...warning, labels: ofBitcoin, description: 'The spread of BTC/USDT at sim from sim is 6 bp of the mid.' },
      {
        ...warning,
        labels: { source: 'sim', exchange: 'sim', symbol: 'ILLIQUID' },
        description: 'The spread of ILLIQUID at sim from sim is 100 bp of the mid.',
      },
    ],
  },
  {
    title: 'nothing at the limit, or for less than 30 s',
    alert: 'HighSpread',
    file,
    series: {
      ...well,
      [spread('BTC/USDT')]: '50x60',
      [price('BTC/USDT', 'bid')]: '99975x60',
      [price('BTC/USDT', 'ask')]: '100025x60',
      [spread('SPY')]: '1 1 0.01x60',
      [price('SPY', 'bid')]: '500x60',
      [price('SPY', 'ask')]: '501x60',
    },
    at: '1m',
    quiet: [warning],
  },
  {
    title: 'a price below the level that was set',
    alert: 'PriceThreshold',
    file,
    series: { [price('SPY', 'last')]: '499.5x4', [price('BTC/USDT', 'last')]: '400x4' },
    at: '15s',
    fires: [
      { ...atPrice, labels: { exchange: 'sim', symbol: 'SPY' }, description: 'SPY on sim is at 499.5, below 500.' },
    ],
  },
  {
    title: 'nothing at the level',
    alert: 'PriceThreshold',
    file,
    series: { [price('SPY', 'last')]: '500x4' },
    at: '15s',
    quiet: [atPrice],
  },
]

/** An event of BTC/USDT at one exchange does not affect the other. */
const exchangeCases: readonly RuleCase[] = [
  {
    title: 'the book of a symbol at one of its exchanges, not that at the other',
    alert: 'BookInvalid',
    file,
    series: { ...twoExchanges, [inBook('kraken', 'data_book_valid')]: '0x60' },
    at: '2m',
    fires: [
      {
        ...warning,
        labels: bitcoinAt('kraken'),
        description: 'The book of BTC/USDT at kraken from sim is not valid: strategies do not see it.',
      },
    ],
  },
  {
    title: 'nothing for the book at an exchange whose session is closed, while the other is open',
    alert: 'BookInvalid',
    file,
    series: {
      ...twoExchanges,
      [inBook('kraken', 'data_book_valid')]: '0x60',
      [inBook('kraken', 'data_session_open')]: '0x60',
    },
    at: '2m',
    quiet: [warning],
  },
  {
    title: 'the gaps of a symbol at one of its exchanges, not those of both together',
    alert: 'DataGaps',
    file,
    every: '1m',
    series: { [at('binance', 'data_gaps_total')]: '0x60 8x120', [at('kraken', 'data_gaps_total')]: '0+1x120' },
    at: '70m',
    fires: [{ ...warning, labels: bitcoinAt('kraken'), description: '60 gaps in 1h in BTC/USDT at kraken from sim.' }],
  },
  {
    title: 'a symbol that is silent at one of its exchanges',
    alert: 'MarketDataStale',
    file,
    series: {
      ...twoExchanges,
      [at('binance', 'data_last_receive_timestamp_seconds')]: '0+15x60',
      [at('kraken', 'data_last_receive_timestamp_seconds')]: '100x60',
      [started]: '0x60',
    },
    at: '405s',
    fires: [
      { ...error, labels: bitcoinAt('kraken'), description: 'Nothing of BTC/USDT at kraken from sim for 5m 5s.' },
    ],
  },
  {
    title: 'the spread at one exchange against the mid there',
    alert: 'HighSpread',
    file,
    series: {
      ...twoExchanges,
      [inBook('binance', 'crypto_spread')]: '1x60',
      [inBook('binance', 'crypto_price', 'type="bid", ')]: '99999.5x60',
      [inBook('binance', 'crypto_price', 'type="ask", ')]: '100000.5x60',
      [inBook('kraken', 'crypto_spread')]: '60x60',
      [inBook('kraken', 'crypto_price', 'type="bid", ')]: '99970x60',
      [inBook('kraken', 'crypto_price', 'type="ask", ')]: '100030x60',
    },
    at: '30s',
    fires: [
      {
        ...warning,
        labels: bitcoinAt('kraken'),
        description: 'The spread of BTC/USDT at kraken from sim is 6 bp of the mid.',
      },
    ],
  },
  ...feedDown(
    'the symbol of the source that is down, not that of another one',
    {
      series: {
        ...twoExchanges,
        [at('kraken', 'data_ticks_received_total')]: '_x60',
        [`data_ticks_received_total{source="ccxt_kraken", exchange="kraken", symbol="BTC/USDT", ${target}}`]: '7x60',
        [`data_feed_connected{source="ccxt_kraken", ${target}}`]: '0x60',
      },
      at: '5m',
    },
    [downOf({ ...bitcoinAt('kraken'), source: 'ccxt_kraken' })],
  ),
  {
    title: 'a price at the exchange that the level is of, not at another',
    alert: 'PriceThreshold',
    file,
    series: {
      [inBook('binance', 'crypto_price', 'type="last", ')]: '100200x4',
      [inBook('kraken', 'crypto_price', 'type="last", ')]: '100100x4',
    },
    at: '15s',
    fires: [
      {
        ...atKraken,
        labels: { exchange: 'kraken', symbol: 'BTC/USDT' },
        description: 'BTC/USDT on kraken is at 100100, above 100000.',
      },
    ],
  },
  {
    title: 'nothing at the level of an exchange',
    alert: 'PriceThreshold',
    file,
    series: { [inBook('kraken', 'crypto_price', 'type="last", ')]: '100000x4' },
    at: '15s',
    quiet: [atKraken],
  },
]

const storageCases: readonly RuleCase[] = [
  {
    title: 'a kind that is expected and has not been stored for more than 300 s',
    alert: 'StorageStale',
    file,
    series: { ...well, [stored('bar')]: '60x60', [stored('tick')]: '0+15x60', [stored('fill')]: '0x60' },
    at: '375s',
    fires: [
      {
        ...warning,
        labels: { event_type: 'bar' },
        description: 'No row of kind bar has been stored for 5m 15s.',
      },
    ],
  },
  {
    title: 'nothing at 300 s, nor while every session is closed',
    alert: 'StorageStale',
    file,
    series: { ...well, [stored('bar')]: '60x60' },
    at: '6m',
    quiet: [warning],
  },
  {
    title: 'nothing while every session is closed',
    alert: 'StorageStale',
    file,
    series: { ...well, [session('SPY')]: '0x60', [session('BTC/USDT')]: '0x60', [stored('bar')]: '0x60' },
    at: '10m',
    quiet: [warning],
  },
]

export const dataCases: readonly RuleCase[] = [
  ...feedCases,
  ...qualityCases,
  ...marketCases,
  ...exchangeCases,
  ...storageCases,
]
