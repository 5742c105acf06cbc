import { lastingStates, lastKnownExpr, RECORD_LAST_KNOWN_EVERY_SECONDS } from './lasting-states.ts'
import { promql } from './promql/promql.ts'
import type { RecordingRule } from './recording-rule.ts'
import { sloRecordings } from './slos.ts'
import { thresholds as defaultThresholds, type Thresholds } from './thresholds.ts'

/** Every recording rule, in an order in which each needs only earlier ones. */
export function recordingRules(thresholds: Thresholds = defaultThresholds): readonly RecordingRule[] {
  const lastKnown = lastingStates.map((state): RecordingRule => {
    const { record, gauge } = state
    const group = gauge.startsWith('strategy_') ? 'strategy' : 'order'
    return { group, record, expr: lastKnownExpr(state, thresholds), everySeconds: RECORD_LAST_KNOWN_EVERY_SECONDS }
  })
  return [...dataRecordings(), ...lastKnown, ...sloRecordings(thresholds)]
}

/** The source of each instrument of a data plane: its counters of ticks exist from the start. */
const INSTRUMENTS = 'group by (job, instance, source, exchange, symbol) (data_ticks_received_total)'

/** Adds the source to series of a data plane by exchange and symbol: a feed's alert mutes those that are equal in all three. */
function withSource(operator: 'min' | 'max' | 'sum', perInstrument: string): string {
  return promql`
    ${operator} by (source, exchange, symbol) (
      ${INSTRUMENTS}
      * on (job, instance, exchange, symbol) group_left
      ${operator} by (job, instance, exchange, symbol) (${perInstrument})
    )
  `
}

function dataRecordings(): RecordingRule[] {
  const record = (record: string, expr: string): RecordingRule => ({ group: 'data', record, expr })
  return [
    record(
      'source_exchange_symbol:data_instruments:group',
      'group by (source, exchange, symbol) (data_ticks_received_total)',
    ),
    record('source_exchange_symbol:data_session_open:max', withSource('max', 'data_session_open')),
    record(
      // Only while the session is open: the state of a book at night means nothing.
      'source_exchange_symbol:data_book_valid:min',
      promql`
        ${withSource('min', 'data_book_valid')}
        and on (source, exchange, symbol)
        source_exchange_symbol:data_session_open:max == 1
      `,
    ),
    record(
      'source_exchange_symbol:crypto_spread:bps',
      withSource(
        'max',
        promql`
          1e4 * crypto_spread
          / on (job, instance, exchange, symbol)
          avg by (job, instance, exchange, symbol) (crypto_price{type=~"bid|ask"})
        `,
      ),
    ),
    record(
      // Since the newest event; since the start of the process when there was none.
      'source_exchange_symbol:data_silence:seconds',
      promql`
        time() - min by (source, exchange, symbol) (
          data_last_receive_timestamp_seconds
          or on (job, instance, source, exchange, symbol)
          (${INSTRUMENTS} * on (job, instance) group_left process_start_time_seconds)
        )
      `,
    ),
  ]
}
