import { aFill, anOrderEvent, anOrderIntent, testStartUs as t } from '@triplane/testing'
import { createTracing, OrderSpans, traceDecision } from '../src/index.ts'
import type { Tracing, TracingOptions } from '../src/tracing.ts'

/**
 * A separate process for tests: `plane-process.ts <endpoint> <what it does> [options as JSON]`. Jest cannot run the exporter,
 * which loads `http` by its own import(). Prints the counts of the tracing.
 */

/** The header of the intent's record, as the bus would carry it. */
const header = (tracing: Tracing) => tracing.traceparentOf(tracing.traceOf('OFI-1'), 'decide')

const deeds: Readonly<Record<string, (tracing: Tracing) => void>> = {
  /** The strategy plane decides 700 us after the record was sent. */
  strategy(tracing) {
    const times = { recordSentUs: t + 100, recordTakenUs: t + 700, publishedUs: t + 800 }
    if (traceDecision(tracing, anOrderIntent(), times) !== header(tracing)) throw new Error('Expected one header')
  },
  /** The order plane has the order filled in two parts. */
  order(tracing) {
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), t + 1500, header(tracing))
    orders.onOutput(anOrderEvent({ state: 'submitted' }), t + 1600)
    orders.onOutput(anOrderEvent({ state: 'acknowledged' }), t + 2000)
    orders.onOutput(aFill({ fillId: 'OFI-1/1', status: 'PARTIAL_FILL', quantity: '0.04' }), t + 9000)
    orders.onOutput(aFill({ fillId: 'OFI-1/2', quantity: '0.06' }), t + 9500)
    orders.onOutput(anOrderEvent({ state: 'filled' }), t + 9500)
  },
  /** An order is denied; a clock of another process is 1 us ahead. */
  denied(tracing) {
    const orders = new OrderSpans(tracing)
    orders.onIntent(anOrderIntent(), t + 1)
    orders.onOutput(anOrderEvent({ state: 'denied', reason: 'price_collar' }), t)
  },
  crowd(tracing) {
    for (let i = 0; i < 100; i++) tracing.span(tracing.traceOf(`OFI-${i}`), 'risk+submit', t, t + 1)
  },
}

const [endpoint, deed = '', options = '{}'] = process.argv.slice(2)
const tracing = await createTracing({ endpoint, runId: 'run-1', ...(JSON.parse(options) as Partial<TracingOptions>) })
deeds[deed]?.(tracing)
await tracing.close()
process.stdout.write(JSON.stringify(tracing.stats()))
