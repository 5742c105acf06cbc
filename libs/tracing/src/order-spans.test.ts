import { aFill, anOrderEvent, anOrderIntent } from '@triplane/testing'
import { traceDecision } from './decision-spans.ts'
import { OrderSpans } from './order-spans.ts'
import { noTracing } from './create-tracing.ts'
import type { SpanDetails, Tracing } from './tracing.ts'

/** Tracing that records its spans: name, start, end, failure or key. */
function aTracing({ isSampled = true } = {}) {
  const spans: (readonly unknown[])[] = []
  const tracing: Tracing = {
    ...noTracing,
    traceOf: (intentId) => ({ traceId: intentId, isSampled }),
    traceparentOf: (trace, name) => `${trace.traceId} ${name} ${trace.isSampled}`,
    span: (_, name, startUs, endUs, { failure, key }: SpanDetails = {}) => {
      spans.push([name, startUs, endUs, ...((failure ?? key) ? [failure ?? key] : [])])
    },
  }
  return { tracing, spans }
}

const inState = (state: ReturnType<typeof anOrderEvent>['state']) => {
  const { reason: _, ...event } = anOrderEvent({ state })
  return event
}

describe('the spans of an order', () => {
  it('follow each other, one per fill', () => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), 100)
    orders.onOutput(inState('approved'), 110)
    orders.onOutput(inState('submitted'), 120)
    orders.onOutput(inState('acknowledged'), 130)
    const trace = orders.onOutput(aFill({ fillId: 'OFI-1/1', status: 'PARTIAL_FILL' }), 140)
    orders.onOutput(inState('partially_filled'), 150)
    orders.onOutput(aFill({ fillId: 'OFI-1/2' }), 160)
    expect([trace?.traceId, orders.size]).toEqual(['OFI-1', 1])
    orders.onOutput(inState('filled'), 170)
    expect(orders.size).toBe(0)
    expect(spans).toEqual([
      ['risk+submit', 100, 120],
      ['acknowledge', 120, 130],
      ['fill', 130, 140, 'OFI-1/1'],
      ['fill', 140, 160, 'OFI-1/2'],
    ])
  })

  it('are complete even if the venue fills without an acknowledgement', () => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), 100)
    orders.onOutput(inState('submitted'), 120)
    orders.onOutput(aFill(), 140)
    orders.onOutput(inState('acknowledged'), 150)
    expect(spans).toEqual([
      ['risk+submit', 100, 120],
      ['acknowledge', 120, 140],
      ['fill', 140, 140, 'OFI-1/1'],
    ])
  })

  it.each([
    ['a denial', ['denied'], [['risk+submit', 100, 120, 'denied']]],
    [
      'a rejection',
      ['submitted', 'rejected'],
      [
        ['risk+submit', 100, 120],
        ['acknowledge', 120, 140, 'rejected'],
      ],
    ],
    [
      'a cancel of a working order',
      ['submitted', 'acknowledged', 'cancelled'],
      [
        ['risk+submit', 100, 120],
        ['acknowledge', 120, 140],
      ],
    ],
  ] as const)('end with %s', (_, states, want) => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), 100)
    states.forEach((state, i) => orders.onOutput(inState(state), 120 + 20 * i))
    expect(spans).toEqual(want)
    expect(orders.size).toBe(0)
  })

  it('give the reason of a denial by risk', () => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), 100)
    orders.onOutput(anOrderEvent({ state: 'denied', reason: 'price_collar' }), 120)
    expect(spans).toEqual([['risk+submit', 100, 120, 'price_collar']])
  })

  it('do not start twice, nor for unsampled orders, nor for orders whose start was missed', () => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), 100)
    orders.onIntent(anOrderIntent(), 200)
    orders.onOutput(inState('submitted'), 300)
    expect(orders.onOutput(aFill({ intentId: 'OFI-2' }), 400)).toBeUndefined()
    expect(spans).toEqual([['risk+submit', 100, 300]])

    const unsampled = new OrderSpans(aTracing({ isSampled: false }).tracing)
    unsampled.onIntent(anOrderIntent(), 100)
    expect(unsampled.size).toBe(0)
  })

  it('are bounded: the oldest order without an end is forgotten', () => {
    const { tracing, spans } = aTracing()
    const orders = new OrderSpans(tracing)
    for (let i = 0; i < 10_001; i++) orders.onIntent(anOrderIntent({ intentId: `OFI-${i}` }), i)
    expect(orders.size).toBe(10_000)
    orders.onOutput(anOrderEvent({ intentId: 'OFI-0', state: 'submitted' }), 20_000)
    orders.onOutput(anOrderEvent({ intentId: 'OFI-1', state: 'submitted' }), 20_000)
    expect(spans).toEqual([['risk+submit', 1, 20_000]])
  })
})

describe('the spans of a decision', () => {
  const intent = anOrderIntent({ decisionRecvUs: 1_000_000 })

  it('are the frame, from market time to sending, and the decision; the header is of the latter', () => {
    const { tracing, spans } = aTracing()
    const times = { recordSentUs: 1_000_200, recordTakenUs: 1_000_900, publishedUs: 1_001_000 }
    expect(traceDecision(tracing, intent, times)).toBe('OFI-1 decide true')
    expect(spans).toEqual([
      ['frame', 1_000_000, 1_000_200],
      ['decide', 1_000_900, 1_001_000],
    ])
  })

  it.each([
    ['of a replay', 1_000_000 + 60_000_001],
    ['ahead of the clock', 999_999],
  ])('have an empty frame where market time is not wall time: %s', (_, recordSentUs) => {
    const { tracing, spans } = aTracing()
    traceDecision(tracing, intent, { recordSentUs, recordTakenUs: recordSentUs, publishedUs: recordSentUs })
    expect(spans[0]).toEqual(['frame', recordSentUs, recordSentUs])
  })

  it('are not reported without sampling; the header says so', () => {
    const { tracing, spans } = aTracing({ isSampled: false })
    const times = { recordSentUs: 1, recordTakenUs: 1, publishedUs: 1 }
    expect(traceDecision(tracing, intent, times)).toBe('OFI-1 decide false')
    expect(spans).toEqual([])
  })
})
