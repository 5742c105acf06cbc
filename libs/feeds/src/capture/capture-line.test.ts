import { emptyCaptureLine, readCaptureLine } from './capture-line.ts'

/** Reads `text` with other text before and behind it, as in a chunk. */
function read(text: string) {
  const bytes = Buffer.from(`}]\n${text}\n1723161255030314667 {"next":1}\n`)
  const end = 3 + Buffer.byteLength(text)
  const line = emptyCaptureLine()
  readCaptureLine(bytes, 3, end, line)
  if (line.kind === 'bad') return 'bad'
  return {
    kind: line.kind,
    tsRecvUs: line.tsRecvUs,
    payload: bytes.toString('utf8', line.payloadStart, end),
    url: line.url,
  }
}

const payload = (tsRecvUs: number, text = '{"a":1}') => ({ kind: 'payload', tsRecvUs, payload: text, url: '' })

describe('readCaptureLine', () => {
  it.each([
    { name: 'nanoseconds are truncated', line: '1723161255030314999 {"a":1}', want: payload(1_723_161_255_030_314) },
    { name: 'microseconds', line: '1723161255030314 {"a":1}', want: payload(1_723_161_255_030_314) },
    { name: 'the largest time', line: '9999999999999999999 {"a":1}', want: payload(9_999_999_999_999_999) },
    {
      name: 'seconds with 7 digits round up',
      line: '1633998512.0633569: {"a":1}',
      want: payload(1_633_998_512_063_357),
    },
    {
      name: 'seconds with 7 digits round down',
      line: '1633998512.0633564: {"a":1}',
      want: payload(1_633_998_512_063_356),
    },
    { name: 'half a microsecond rounds up', line: '1633998512.0633565: {"a":1}', want: payload(1_633_998_512_063_357) },
    {
      name: 'rounding carries into the second',
      line: '1633998512.9999996: {"a":1}',
      want: payload(1_633_998_513_000_000),
    },
    { name: 'few digits', line: '1633998512.5: {"a":1}', want: payload(1_633_998_512_500_000) },
    { name: 'six digits', line: '1618678135.038392: {"a":1}', want: payload(1_618_678_135_038_392) },
    { name: 'no fraction', line: '1633998512: {"a":1}', want: payload(1_633_998_512_000_000) },
    { name: 'a payload of any text', line: '1633998512: é', want: payload(1_633_998_512_000_000, 'é') },
    {
      name: 'a connect',
      line: 'wss://stream.binance.com:9443/stream?streams=a@trade/b@trade <-> 1633998512.5',
      want: {
        kind: 'connected',
        tsRecvUs: 1_633_998_512_500_000,
        payload: '',
        url: 'wss://stream.binance.com:9443/stream?streams=a@trade/b@trade',
      },
    },
    {
      name: 'a disconnect',
      line: 'wss://ws.okx.com:8443/ws <x> 1652459225.298788: stalled',
      want: {
        kind: 'disconnected',
        tsRecvUs: 1_652_459_225_298_788,
        payload: 'stalled',
        url: 'wss://ws.okx.com:8443/ws',
      },
    },
    { name: 'a disconnect without a reason', line: 'wss://ws.okx.com:8443/ws <x> 1652459225.298788', want: 'bad' },
    {
      name: 'a message that was sent',
      line: 'wss://ws.okx.com:8443/ws <- 1652459225.2987883: {"op":"subscribe"}',
      want: {
        kind: 'sent',
        tsRecvUs: 1_652_459_225_298_788,
        payload: '{"op":"subscribe"}',
        url: 'wss://ws.okx.com:8443/ws',
      },
    },
    {
      name: 'a REST answer',
      line: 'https://api.binance.com/api/v3/depth?symbol=NKNUSDT -> 1633998512.320639: {"lastUpdateId":1}',
      want: {
        kind: 'rest',
        tsRecvUs: 1_633_998_512_320_639,
        payload: '{"lastUpdateId":1}',
        url: 'https://api.binance.com/api/v3/depth?symbol=NKNUSDT',
      },
    },
    { name: 'no time', line: '{"a":1}', want: 'bad' },
    { name: 'milliseconds', line: '1723161255030 {"a":1}', want: 'bad' },
    { name: 'a letter in microseconds', line: '172316125503031x {"a":1}', want: 'bad' },
    { name: 'microseconds without a payload', line: '1723161255030314 ', want: 'bad' },
    { name: 'microseconds alone', line: '1723161255030314', want: 'bad' },
    { name: 'seventeen digits', line: '17231612550303146 {"a":1}', want: 'bad' },
    { name: 'a letter in nanoseconds', line: '17231612550303l4667 {"a":1}', want: 'bad' },
    { name: 'a letter in the digits cut off', line: '17231612550303146x7 {"a":1}', want: 'bad' },
    { name: 'nanoseconds without a payload', line: '1723161255030314667 ', want: 'bad' },
    { name: 'nanoseconds alone', line: '1723161255030314667', want: 'bad' },
    { name: 'seconds without a payload', line: '1633998512.5: ', want: 'bad' },
    { name: 'seconds alone', line: '1633998512.5', want: 'bad' },
    { name: 'a point without digits', line: '1633998512.: {"a":1}', want: 'bad' },
    { name: 'an exponent', line: '1633998512.5e3: {"a":1}', want: 'bad' },
    { name: 'a sign', line: '-1633998512.5: {"a":1}', want: 'bad' },
    { name: 'one character', line: '1', want: 'bad' },
    { name: 'a REST answer without a payload', line: 'https://api.binance.com/ -> 1633998512.5', want: 'bad' },
    { name: 'an invalid URL', line: 'https://[::/ -> 1633998512.5: {}', want: 'bad' },
    { name: 'words', line: 'what is this', want: 'bad' },
  ])('$name', ({ line, want }) => {
    expect(read(line)).toEqual(want)
  })
})
