import type { AlertRule } from '../alert.ts'
import { pictures } from '../pictures.ts'
import { planeOf } from '../planes.ts'
import { increaseFromNothing, promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'
import { byLimit } from './by-limit.ts'
import { instrumentMatchers } from './instrument-matchers.ts'

const plane = 'data'

/** Alerts about market data, and about its storage. */
export function dataAlerts(thresholds: Thresholds): AlertRule[] {
  return [
    ...feedAlerts(thresholds),
    ...qualityAlerts(thresholds),
    ...marketAlerts(thresholds),
    ...storageAlerts(thresholds),
  ]
}

function feedAlerts({ blip, feedDown, feedFlapping, marketDataStale }: Thresholds): AlertRule[] {
  const flappingOver = duration(feedFlapping.overSeconds)
  const down = {
    plane,
    // By source, with every instrument of it, so that it mutes the consequences. A feed not known to be well is down: an absent
    // series is no excuse, except for a plane that cannot be reached.
    expr: promql`
      (
        source_exchange_symbol:data_instruments:group
        unless on (source)
        (
          (
            max by (source) (source_exchange_symbol:data_session_open:max) == 0
            or
            sum by (source) (increase(data_ticks_received_total[${duration(feedDown.receiveOverSeconds)}])) > 0
            or
            min by (source) (source_exchange_symbol:data_silence:seconds) < ${feedDown.receiveOverSeconds}
          )
          and on (source)
          min by (source) (min_over_time(data_feed_connected[${duration(blip.keptSeconds)}])) == 1
        )
      )
      or
      (absent(source_exchange_symbol:data_instruments:group) unless on () up{job="${planeOf(plane).job}"} == 0)
    `,
    for: duration(feedDown.forSeconds),
    description:
      '{{ with $labels.source }}{{ . }}{{ else }}Every source{{ end }} is not connected, or nothing at all is received from it: ' +
      'nothing is known of {{ with $labels.symbol }}{{ . }} at {{ $labels.exchange }}{{ else }}any instrument{{ end }}.',
    picture: pictures.feedConnected,
  } as const
  return [
    { ...down, name: 'FeedDown', severity: 'critical', summary: 'A feed is down.' },
    { ...down, name: 'WebSocketDown', severity: 'info', summary: 'A feed is down (FeedDown by its other name).' },
    {
      name: 'FeedFlapping',
      severity: 'warning',
      plane,
      // The series of a reason begins with its first disconnect.
      expr: promql`
        sum by (source) (
          ${increaseFromNothing('data_feed_disconnects_total', flappingOver)}
        ) > ${feedFlapping.aboveDisconnects}
      `,
      everySeconds: 30,
      summary: 'A feed disconnects again and again.',
      description: `{{ $labels.source }} has disconnected {{ printf "%.4g" $value }} times in ${flappingOver}.`,
      picture: pictures.disconnects,
    },
    {
      name: 'MarketDataStale',
      severity: 'error',
      plane,
      expr: promql`
        source_exchange_symbol:data_silence:seconds > ${marketDataStale.silentSeconds}
        and on (source, exchange, symbol)
        source_exchange_symbol:data_session_open:max == 1
      `,
      summary: 'Nothing is received of an instrument although its session is open.',
      description:
        'Nothing of {{ $labels.symbol }} at {{ $labels.exchange }} from {{ $labels.source }} for {{ $value | humanizeDuration }}.',
      picture: pictures.silence,
    },
  ]
}

function qualityAlerts({ highErrorRate, highDataLatency, dataGaps, bookInvalid, dlqGrowing }: Thresholds): AlertRule[] {
  return [
    {
      name: 'HighErrorRate',
      severity: 'warning',
      plane,
      expr: `sum by (source) (rate(data_validation_errors_total[${duration(highErrorRate.overSeconds)}])) > ${highErrorRate.abovePerSecond}`,
      for: duration(highErrorRate.forSeconds),
      summary: 'Validation refuses many events.',
      description: '{{ printf "%.4g" $value }} events a second of {{ $labels.source }} are refused by validation.',
      picture: pictures.validationErrors,
    },
    {
      name: 'HighDataLatency',
      severity: 'warning',
      plane,
      expr: promql`
        histogram_quantile(
          ${highDataLatency.quantile},
          sum by (le, source) (rate(data_freshness_seconds_bucket[${duration(highDataLatency.overSeconds)}]))
        ) > ${highDataLatency.aboveSeconds}
      `,
      for: duration(highDataLatency.forSeconds),
      summary: 'Market data comes late.',
      description: 'The 95th percentile of freshness of {{ $labels.source }} is {{ $value | humanizeDuration }}.',
      picture: pictures.freshness,
    },
    {
      name: 'DataGaps',
      severity: 'warning',
      plane,
      expr: `sum by (source, exchange, symbol) (increase(data_gaps_total[${duration(dataGaps.overSeconds)}])) > ${dataGaps.aboveCount}`,
      everySeconds: 30,
      summary: 'There are many gaps in the data of an instrument.',
      description: `{{ printf "%.4g" $value }} gaps in ${duration(dataGaps.overSeconds)} in {{ $labels.symbol }} at {{ $labels.exchange }} from {{ $labels.source }}.`,
      picture: pictures.gaps,
    },
    {
      name: 'BookInvalid',
      severity: 'warning',
      plane,
      expr: 'source_exchange_symbol:data_book_valid:min == 0',
      for: duration(bookInvalid.forSeconds),
      summary: 'An order book cannot be trusted.',
      description:
        'The book of {{ $labels.symbol }} at {{ $labels.exchange }} from {{ $labels.source }} is not valid: strategies do not see it.',
      picture: pictures.booksValid,
    },
    {
      name: 'DlqGrowing',
      severity: 'warning',
      plane,
      expr: `sum(rate(data_dlq_messages_total[${duration(dlqGrowing.overSeconds)}])) > ${dlqGrowing.abovePerSecond}`,
      for: duration(dlqGrowing.forSeconds),
      summary: 'Many events go to the dead-letter topic.',
      description: '{{ printf "%.4g" $value }} events a second go to the dead-letter topic.',
      picture: pictures.deadLetters,
    },
  ]
}

function marketAlerts({ highSpread, priceLevels }: Thresholds): AlertRule[] {
  return [
    {
      name: 'HighSpread',
      severity: 'warning',
      plane,
      expr: byLimit(
        'symbol',
        highSpread.ofSymbol,
        highSpread.aboveBps,
        (matcher, limit) => `source_exchange_symbol:crypto_spread:bps{${matcher}} > ${limit}`,
      ),
      for: duration(highSpread.forSeconds),
      summary: 'The spread of an instrument is wider than its limit.',
      description:
        'The spread of {{ $labels.symbol }} at {{ $labels.exchange }} from {{ $labels.source }} is {{ printf "%.4g" $value }} bp of the mid.',
      picture: pictures.spread,
    },
    ...priceLevels.map(({ exchange, symbol, is, level, severity = 'info' }): AlertRule => ({
      name: 'PriceThreshold',
      severity,
      plane,
      expr: `max by (exchange, symbol) (crypto_price{${['type="last"', ...instrumentMatchers({ exchange, symbol })].join(', ')}}) ${is === 'above' ? '>' : '<'} ${level}`,
      labels: { level: `${is} ${level}` },
      summary: 'A price has passed a level that was set for it.',
      description: `{{ $labels.symbol }} on {{ $labels.exchange }} is at {{ $value }}, ${is} ${level}.`,
      picture: pictures.price,
    })),
  ]
}

function storageAlerts({ storageStale }: Thresholds): AlertRule[] {
  return [
    {
      name: 'StorageStale',
      severity: 'warning',
      plane,
      expr: promql`
        time() - max by (event_type) (
          data_storage_last_write_timestamp_seconds{event_type=~"${storageStale.kinds.join('|')}"}
        ) > ${storageStale.silentSeconds}
        and on ()
        max(data_session_open) == 1
      `,
      summary: 'Nothing is stored of a kind of event although a session is open.',
      description: 'No row of kind {{ $labels.event_type }} has been stored for {{ $value | humanizeDuration }}.',
      picture: pictures.storageAge,
    },
  ]
}
