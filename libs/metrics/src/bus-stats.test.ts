import { topics } from '@triplane/contracts'
import { exportBusStats, type TopicCounts } from './bus-stats.ts'
import { createMetrics } from './metrics.ts'

const topic = 'market.events.v2'

/** Metrics that follow `counts`, and the value of a bus metric after a scrape. */
function following(counts: { now: readonly TopicCounts[] }) {
  const metrics = createMetrics('test', { processMetrics: false })
  exportBusStats(metrics, { produced: [topics.market], consumed: [topics.market] }, () => counts.now)
  return async (name: string) => {
    const text = await metrics.expose()
    const [, value] = new RegExp(`^triplane_bus_${name}{topic="${topic}",service="test"} (\\S+)$`, 'm').exec(text) ?? []
    return Number(value)
  }
}

describe('exportBusStats', () => {
  it.each([
    ['produced_total', { produced: 5, errors: 0 }, 5],
    ['consumed_total', { consumed: 4, errors: 0 }, 4],
    ['errors_total', { produced: 5, errors: 2 }, 2],
    ['errors_total', { consumed: 5, errors: 3 }, 3],
    ['lag_seconds', { consumed: 1, errors: 0, lagSeconds: 1.5 }, 1.5],
    ['buffered', { consumed: 1, errors: 0, lagRecords: 7 }, 7],
  ])('exports triplane_bus_%s of %j', async (name, counts, want) => {
    const value = following({ now: [{ topic, ...counts }] })
    expect(await value(name)).toBe(want)
  })

  it('counts the increase since the last scrape, however often it is scraped', async () => {
    const counts = { now: [{ topic, produced: 5, errors: 1 }] }
    const value = following(counts)
    expect([await value('produced_total'), await value('produced_total')]).toEqual([5, 5])
    counts.now = [{ topic, produced: 8, errors: 1 }]
    expect([await value('produced_total'), await value('errors_total')]).toEqual([8, 1])
  })

  it('adds the errors of a producer and of a consumer of one topic', async () => {
    const value = following({
      now: [
        { topic, produced: 5, errors: 1 },
        { topic, consumed: 5, errors: 2 },
      ],
    })
    expect(await value('errors_total')).toBe(3)
    expect([await value('produced_total'), await value('consumed_total')]).toEqual([5, 5])
  })

  it('shows the topics of the plane from the start, and no others', async () => {
    const metrics = createMetrics('test', { processMetrics: false })
    exportBusStats(metrics, { produced: [topics.fills], consumed: [topics.market] }, () => [])
    const lines = (await metrics.expose()).split('\n').filter((line) => line.startsWith('triplane_bus_'))
    const labels = (name: string) => `{topic="${name}",service="test"} 0`
    expect(lines).toEqual([
      `triplane_bus_lag_seconds${labels('market.events.v2')}`,
      `triplane_bus_buffered${labels('market.events.v2')}`,
      `triplane_bus_produced_total${labels('execution.fills.v2')}`,
      `triplane_bus_consumed_total${labels('market.events.v2')}`,
      `triplane_bus_errors_total${labels('execution.fills.v2')}`,
      `triplane_bus_errors_total${labels('market.events.v2')}`,
    ])
  })
})
