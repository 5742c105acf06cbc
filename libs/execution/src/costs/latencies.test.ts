import type { Fill, OrderEvent } from '@triplane/contracts'
import { ackToFirstFillUs, intentToAckUs, intentToLastFillUs, intentToSubmitUs, submitToAckUs } from './latencies.ts'

const event = (fields: Partial<OrderEvent>) => ({ tsIntentUs: 100, ...fields }) as OrderEvent
const fill = (fields: Partial<Fill>) => ({ tsIntentUs: 100, tsAckUs: 150, effectUs: 180, ...fields }) as Fill

describe('latencies', () => {
  it.each([
    { name: 'intent to submit', got: intentToSubmitUs(event({ state: 'submitted', tsStateUs: 110 })), want: 10 },
    {
      name: 'submit to ack',
      got: submitToAckUs(event({ state: 'acknowledged', tsPrevStateUs: 110, tsStateUs: 150 })),
      want: 40,
    },
    { name: 'intent to ack', got: intentToAckUs(event({ state: 'acknowledged', tsStateUs: 150 })), want: 50 },
    { name: 'no other state is one', got: submitToAckUs(event({ state: 'filled', tsStateUs: 150 })), want: undefined },
    { name: 'ack to first fill', got: ackToFirstFillUs(fill({ first: true })), want: 30 },
    { name: 'not to a later fill', got: ackToFirstFillUs(fill({ first: false })), want: undefined },
    { name: 'intent to last fill', got: intentToLastFillUs(fill({ status: 'FILLED' })), want: 80 },
    { name: 'not to a partial fill', got: intentToLastFillUs(fill({ status: 'PARTIAL_FILL' })), want: undefined },
  ])('$name', ({ got, want }) => {
    expect(got).toBe(want)
  })
})
