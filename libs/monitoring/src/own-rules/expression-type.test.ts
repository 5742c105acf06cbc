import { ruleExpressionType } from './expression-type.ts'

describe('the type of an expression', () => {
  it.each([
    ['up == 0', 'vector'],
    ['1 + 2 * time()', 'number'],
    ['1 > bool 2', 'number'],
    ['-(rate(x[5m]) / ignoring(a) y)', 'vector'],
    ['sum by (symbol) (max_over_time(x[10s])) > 0', 'vector'],
    ['topk(3, x) or vector(0)', 'vector'],
    ['histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))', 'vector'],
    ['quantile_over_time(0.9, x[5m:1m] offset 1h)', 'vector'],
    ['hour() >= 9 and day_of_week(vector(time())) < 6', 'vector'],
    ['label_join(x, "a", "/", "b", "c")', 'vector'],
    ['predict_linear(x[6h], 24 * 3600) < 0', 'vector'],
    ['round(x, 0.1) unless absent(x{a="b"})', 'vector'],
    ['scalar(x) * 2', 'number'],
    ['count_values("version", triplane_build_info)', 'vector'],
    ['x @ end() > 1 # why', 'vector'],
  ])('%s is a %s', (text, type) => expect(ruleExpressionType(text)).toEqual({ ok: true, value: type }))

  it.each([
    ['rate(x)', '`x` at character 6, a vector where a range in rate() should be'],
    ['sum(rate(x))', '`x` at character 10, a vector where a range in rate() should be'],
    ['x[5m]', 'a range, not a vector or a number'],
    ['"text"', 'a text, not a vector or a number'],
    ['x[5m] > 1', '`x[5m]` at character 1, a range where a vector or a number as operand should be'],
    ['abs(x[5m])', '`x[5m]` at character 5, a range where a vector in abs() should be'],
    ['sum(1)', '`1` at character 5, a number where a vector in an aggregation should be'],
    ['1 > 2', '`1 > 2` at character 1, a comparison where `bool` between two numbers should be'],
    [
      'histogram_quantile(x)',
      '`histogram_quantile(x)` at character 1, a 1 where 2 arguments of histogram_quantile() should be',
    ],
    ['clamp(x, "a", 1)', '`"a"` at character 10, a text where a number in clamp() should be'],
    ['(1)[5m:1m]', '`(1)` at character 1, a number where a vector in a subquery should be'],
    ['nosuch(x)', '(x) at character 7'],
    ['', 'the end at character 1'],
  ])('%s is refused', (text, error) => expect(ruleExpressionType(text)).toEqual({ ok: false, error }))
})
