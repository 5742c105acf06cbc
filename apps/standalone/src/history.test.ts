import { createMetrics, exportHistory } from '@triplane/metrics'
import { storedEventTypes } from '@triplane/storage'

it.each(storedEventTypes)('metrics have a name for %s, which is stored', async (type) => {
  const metrics = createMetrics('data_plane', { processMetrics: false })
  const history = exportHistory(metrics, [type])
  history.stored(type, 1, 0, 0.01)
  history.failed(type, 2)
  const text = await metrics.expose()
  expect(text).toMatch(/^data_storage_writes_total\{.*status="ok".*\} 1$/m)
  expect(text).toMatch(/^triplane_storage_lost_rows_total\{.*\} 2$/m)
})
