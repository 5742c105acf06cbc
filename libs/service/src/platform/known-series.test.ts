import { recordRefusals, topics } from '@triplane/contracts'
import { createMetrics, type BusTopics } from '@triplane/metrics'
import { readExposition } from '@triplane/testing'
import { showRecordRefusals, storedOf } from './known-series.ts'

const speaker: BusTopics = { consumed: [], produced: [topics.market] }
const listener: BusTopics = { consumed: [topics.intents], produced: [topics.orders, topics.fills] }

describe('what a service shows from the start', () => {
  it.each([
    { name: 'of the market', plane: speaker, want: ['trade', 'quote', 'bar', 'ofi', 'deadLetter'] },
    { name: 'of orders', plane: listener, want: ['orderEvent', 'fill', 'accountOpened', 'deadLetter'] },
  ])('it stores what it says that is history $name, and what it cannot read', ({ plane, want }) => {
    expect([...storedOf(plane)].sort()).toEqual([...want].sort())
  })

  it('every reason to refuse a record, of one that reads the bus', async () => {
    const metrics = createMetrics('test', { processMetrics: false })
    showRecordRefusals(metrics)
    const { samples = [] } =
      readExposition(await metrics.expose()).find(({ name }) => name === 'triplane_stage_refused_total') ?? {}
    expect([...new Set(samples.map(({ labels }) => labels['stage']))]).toEqual(['decode'])
    expect(samples.map(({ value }) => value)).toEqual(samples.map(() => 0))
    expect(samples.map(({ labels }) => labels['reason'])).toEqual([...recordRefusals])
  })
})
