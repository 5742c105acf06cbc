import type { Ofi, EventDraft } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import { describeWithData } from '@triplane/testing'
import { readJson, recordedEvents, recordings } from '../../test/recorded-events.ts'
import { createOrderFlow } from './order-flow.ts'

interface OfiReference {
  readonly ofiBestLevel: { readonly buckets: Readonly<Record<string, string>> }
}

describeWithData('order flow of recorded markets', (folder) => {
  it.each(recordings)('equals the reference of $symbol on $venue in every interval', (recording) => {
    const { ofiBestLevel } = readJson(folder, 'reference/binance', recording.reference) as OfiReference
    const { venue, symbol, lotSize } = recording
    const flow = createOrderFlow({
      source: 'capture',
      instrument: `${symbol}@${venue}`,
      lotSize,
      intervalUs: 10 * US_PER_SECOND,
    })
    const intervals = new Map<number, number>()
    let events = 0
    const emit = (ofi: EventDraft<Ofi>) => {
      events++
      intervals.set(ofi.intervalStartUs, ofi.intervalValue)
    }
    for (const { event } of recordedEvents(folder, recording)) if (event.type === 'quote') flow.onQuote(event, emit)

    expect(events).toBe(recording.quotes - 1)
    expect([...intervals]).toEqual(
      Object.entries(ofiBestLevel.buckets).map(([second, value]) => [Number(second) * US_PER_SECOND, Number(value)]),
    )
  })
})
