import { loadInstruments } from '@triplane/config'
import { createLogger } from '@triplane/logging'
import { createPlaneMetrics, type PlaneMetricsOptions } from './plane-metrics.ts'

const logged: string[] = []
const options: PlaneMetricsOptions = {
  instruments: loadInstruments().filter(({ venue }) => venue === 'sim'),
  source: 'sim',
  maxSeries: 10_000,
  logger: createLogger({ service: 'test', destination: { write: (line) => void logged.push(line) } }),
}

describe('the metrics of a plane', () => {
  it('name the instruments by their feed', async () => {
    const text = await createPlaneMetrics('data_plane', options).expose()
    expect(text).toContain(
      'data_ticks_received_total{source="sim",exchange="sim",symbol="SPY",service="data_plane"} 0\n',
    )
  })

  it('log what does not fit under the cap', () => {
    logged.length = 0
    createPlaneMetrics('data_plane', { ...options, maxSeries: 300 })
    expect(logged.join()).toContain('Series dropped: the cap is reached')
  })
})
