import { checkExpression } from './check-expression.ts'
import { knownMetrics } from './known-metrics.ts'

const known = knownMetrics([
  {
    record: 'symbol:data_gaps:increase1h',
    expr: 'sum by (symbol) (increase(data_gaps_total[1h]))',
    labels: { level: 'x' },
  },
])

const codesOf = (text: string) => checkExpression(text, known).problems.map(({ code }) => code)
const labelsOf = (text: string) => [...(checkExpression(text, known).labels ?? ['(none)'])].sort().join(' ')

const TARGET = 'instance job service'

describe('a checked expression', () => {
  it.each([
    ['data_book_valid', `exchange instance job service symbol`],
    ['sum by (symbol) (data_book_valid)', 'symbol'],
    ['sum without (instance, job) (data_book_valid)', 'exchange service symbol'],
    ['sum(data_book_valid)', ''],
    ['topk(3, data_book_valid)', 'exchange instance job service symbol'],
    ['count_values("value", data_book_valid)', 'value'],
    ['data_book_valid == 0', 'exchange instance job service symbol'],
    ['1 - data_book_valid', 'exchange instance job service symbol'],
    ['histogram_quantile(0.95, sum by (le, symbol) (rate(data_freshness_seconds_bucket[5m])))', 'symbol'],
    ['label_replace(data_feed_connected, "venue", "$1", "source", "ccxt_(.*)")', `${TARGET} source venue`],
    [
      'data_book_valid * on (symbol) group_left (source) max by (symbol, source) (data_gaps_total)',
      'exchange instance job service source symbol',
    ],
    ['max by (symbol) (data_session_open) == on (symbol) max by (symbol) (data_session_open)', 'symbol'],
    ['data_book_valid and on (symbol) data_session_open == 1', 'exchange instance job service symbol'],
    ['max by (symbol) (data_session_open) or sum by (source) (data_feed_connected)', 'source symbol'],
    ['absent(up{job="order-plane", instance=~".+"})', 'job'],
    ['absent_over_time(up{job="order-plane"}[30s])', 'job'],
    ['vector(1)', ''],
    ['time()', '(none)'],
    ['time() - max(push_time_seconds)', ''],
    ['symbol:data_gaps:increase1h > 10', 'level symbol'],
    ['max_over_time((data_book_valid == 0)[30s:1s] offset 1m)', 'exchange instance job service symbol'],
  ])('returns the labels of its result: %s', (text, labels) => {
    expect(codesOf(text)).toEqual([])
    expect(labelsOf(text)).toBe(labels)
  })

  it.each([
    ['a metric that is not known', 'rate(data_tics_received_total[5m])', 'unknown_metric'],
    ['a histogram that names none of its series', 'rate(data_freshness_seconds[5m])', 'unknown_metric'],
    ['a selector without a name', '{job="order-plane"}', 'unnamed_selector'],
    ['a selector that names metrics by a pattern', '{__name__=~"data_.*"}', 'unnamed_selector'],
    ['a matcher on another label', 'data_book_valid{source="sim"}', 'unknown_label'],
    ['a grouping by another label', 'sum by (source) (data_book_valid)', 'unknown_label'],
    ['a grouping by what was summed away', 'sum by (symbol) (sum by (exchange) (data_book_valid))', 'unknown_label'],
    ['a join on what one side has not', 'data_gaps_total and on (source) data_session_open', 'unknown_label'],
    [
      'a label taken from a side that has it not',
      'data_book_valid * on (symbol) group_left (source) data_session_open',
      'unknown_label',
    ],
    [
      'a label replaced from one that is not there',
      'label_replace(data_session_open, "a", "$1", "b", "(.*)")',
      'unknown_label',
    ],
    ['a value outside the closed list', 'orders_trading_state{state="stopped"}', 'unknown_value'],
    ['a pattern that no value of the closed list matches', 'orders_trading_state{state=~"stop.*"}', 'unknown_value'],
    ['the rate of a gauge', 'rate(data_session_open[5m])', 'wrong_type'],
    ['sides whose labels differ', 'data_book_valid / data_gaps_total', 'never_matches'],
    ['what is not PromQL', 'data_book_valid ==', 'syntax'],
  ])('refuses %s', (_, text, code) => {
    expect(codesOf(text)).toEqual([code])
  })

  it('names what was expected, what was found and where', () => {
    expect(checkExpression('1 + sum by (venue) (data_session_open)', known).problems).toMatchObject([
      {
        position: 9,
        message:
          'Expected a label of the operand (exchange, symbol, service, job, instance), was venue, at character 9 of `1 + sum by (venue) (data_session_open)`',
      },
    ])
  })

  it('accepts a closed value by any matcher that some value matches', () => {
    expect(
      codesOf('orders_trading_state{state!="halted"} or orders_trading_state{state=~"halt.+|none", state!=""}'),
    ).toEqual([])
  })
})

it('refuses a recording of an unknown series', () => {
  expect(() => knownMetrics([{ record: 'a:b:c', expr: 'sum(data_gaps)' }])).toThrow('an expression of a:b:c')
})
