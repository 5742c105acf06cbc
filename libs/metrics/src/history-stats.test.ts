import { exportHistory, exportLostRows } from './history-stats.ts'
import { createMetrics } from './metrics.ts'

const shown = async (metrics: { expose(): Promise<string> }, of: RegExp) =>
  (await metrics.expose()).split('\n').filter((line) => of.test(line) && !line.startsWith('#') && !line.endsWith(' 0'))

const shownAtStart = async (metrics: { expose(): Promise<string> }, name: string) =>
  (await metrics.expose()).split('\n').filter((line) => line.startsWith(`${name}{`) && line.endsWith(' 0'))

describe('the metrics of a history store', () => {
  it('are shown from the start for stored events, and for nothing else', async () => {
    const metrics = createMetrics('data_plane', { processMetrics: false })
    expect(await shownAtStart(metrics, 'triplane_storage_lost_rows_total')).toEqual([])
    exportHistory(metrics, ['trade', 'deadLetter'])
    const [tick, letter, unknown] = ['tick', 'dead_letter', 'unknown'].map((name) => `{event_type="${name}",`)
    const constant = 'service="data_plane"} 0'
    expect(await shownAtStart(metrics, 'triplane_storage_lost_rows_total')).toEqual(
      [tick, letter, unknown].map((labels) => `triplane_storage_lost_rows_total${labels}${constant}`),
    )
    expect(await shownAtStart(metrics, 'data_storage_writes_total')).toEqual(
      [tick, letter].flatMap((labels) =>
        ['ok', 'error'].map((status) => `data_storage_writes_total${labels}status="${status}",${constant}`),
      ),
    )
    expect(await shownAtStart(metrics, 'data_storage_write_latency_seconds_count')).toHaveLength(2)
  })

  it('are shown for the data plane: rows stored, and rows lost for whatever reason', async () => {
    const metrics = createMetrics('data_plane', { processMetrics: false })
    const history = exportHistory(metrics, ['trade', 'bar', 'signal'])
    history.stored('trade', 10, 2, 0.02)
    history.failed('signal', 3)
    history.dropped('signal', 4)
    history.delayed('bar', 5)
    expect(await shown(metrics, /storage_(writes|lost)/)).toEqual([
      'data_storage_writes_total{event_type="tick",status="ok",service="data_plane"} 10',
      'data_storage_writes_total{event_type="bar",status="error",service="data_plane"} 5',
      'data_storage_writes_total{event_type="signal",status="error",service="data_plane"} 7',
      'triplane_storage_lost_rows_total{event_type="signal",service="data_plane"} 7',
    ])
    expect(await shown(metrics, /storage_last_write/)).toHaveLength(1)
  })

  it('are shown for every other service: rows lost', async () => {
    const metrics = createMetrics('order_plane', { processMetrics: false })
    const history = exportLostRows(metrics, ['orderEvent', 'fill'])
    history.stored()
    history.failed('fill', 1)
    history.dropped('orderEvent', 2)
    history.torn(3)
    expect(await shown(metrics, /storage/)).toEqual([
      'triplane_storage_lost_rows_total{event_type="order",service="order_plane"} 2',
      'triplane_storage_lost_rows_total{event_type="fill",service="order_plane"} 1',
      'triplane_storage_lost_rows_total{event_type="unknown",service="order_plane"} 3',
    ])
  })
})
