import { substituteVariables } from './grafana-variables.ts'

describe("a dashboard's variables", () => {
  it.each([
    ['data_session_open{symbol="$symbol"}', 'data_session_open{symbol="SPY"}'],
    [
      'data_session_open{symbol=~"${symbol:regex}", job="[[job]]"}',
      'data_session_open{symbol=~"SPY", job="data-plane"}',
    ],
    ['rate(a[$__rate_interval]) + rate(b[${__interval}])', 'rate(a[1m]) + rate(b[30s])'],
    ['increase(a[$__range])', 'increase(a[1h])'],
    ['label_replace(a, "b", "$1-${2}", "c", "(.+)-(.+)$")', 'label_replace(a, "b", "$1-${2}", "c", "(.+)-(.+)$")'],
  ])('are replaced in %s', (text, substituted) => {
    expect(substituteVariables(text, { symbol: 'SPY', job: 'data-plane' })).toEqual({ ok: true, value: substituted })
  })

  it('are refused without a value', () => {
    expect(substituteVariables('a{b="$c", d="${e}", f="$c"}')).toMatchObject({
      ok: false,
      error: { names: ['c', 'e'] },
    })
  })
})
