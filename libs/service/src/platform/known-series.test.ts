import { topics } from '@triplane/contracts'
import { createMetrics, type BusTopics } from '@triplane/metrics'
import { readExposition } from '@triplane/testing'
import { showRefusals, storedOf } from './known-series.ts'

const speaker: BusTopics = { consumed: [], produced: [topics.trades, topics.books, topics.bars] }
const listener: BusTopics = { consumed: [topics.intents], produced: [topics.orders, topics.fills] }

describe('what a service shows from the start', () => {
  it.each([
    { name: 'of the market', plane: speaker, want: ['trade', 'bar', 'deadLetter'] },
    { name: 'of orders', plane: listener, want: ['orderEvent', 'fill', 'deadLetter'] },
  ])('it stores what it says that is history $name, and what it cannot read', ({ plane, want }) => {
    expect([...storedOf(plane)].sort()).toEqual([...want].sort())
  })

  it.each([
    { name: 'that hears nothing', plane: speaker, stages: ['control'] },
    { name: 'that reads the bus', plane: listener, stages: ['control', 'decode'] },
  ])('every reason to refuse, of a plane $name', async ({ plane, stages }) => {
    const metrics = createMetrics('test', { processMetrics: false })
    showRefusals(metrics, plane)
    const { samples = [] } =
      readExposition(await metrics.expose()).find(({ name }) => name === 'triplane_stage_refused_total') ?? {}
    expect([...new Set(samples.map(({ labels }) => labels['stage']))]).toEqual(stages)
    expect(samples.map(({ value }) => value)).toEqual(samples.map(() => 0))
    expect(samples.map(({ labels }) => labels['reason'])).toEqual(
      expect.arrayContaining(['wrong_token', ...(stages.includes('decode') ? ['not_json'] : [])]),
    )
  })
})
