import { formatTraceparent, parseTraceparent } from './traceparent.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

describe('a traceparent', () => {
  it.each([true, false])('is read as written, sampled: %s', (isSampled) => {
    const text = formatTraceparent({ traceId, spanId, isSampled })
    expect(text).toBe(`00-${traceId}-${spanId}-0${isSampled ? 1 : 0}`)
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled })
  })

  it.each([
    ['flags that we do not know', `00-${traceId}-${spanId}-03`],
    ['a later version', `01-${traceId}-${spanId}-01`],
    ['what a later version appends', `cc-${traceId}-${spanId}-01-what-the-future-will-be-like`],
  ])('is read with %s', (_, text) => {
    expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled: true })
  })

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['a forbidden version', `ff-${traceId}-${spanId}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a short id', `00-${traceId.slice(1)}-${spanId}-01`],
    ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
    ['a later version without a dash before what it appends', `01-${traceId}-${spanId}-01more`],
  ])('counts as absent: %s', (_, text) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })
})
