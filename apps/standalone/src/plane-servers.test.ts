import { loadInstruments } from '@triplane/config'
import { configuredRates } from '@triplane/instruments'
import { createLogger } from '@triplane/logging'
import { loadStandaloneConfig } from './config.ts'
import { createMetricsOfPlanes } from './plane-servers.ts'

it('shows an instrument that cannot be valued on the data plane, but not where it is not traded', async () => {
  const instruments = loadInstruments().filter(({ symbol }) => ['BTC/USDT', 'SPY'].includes(symbol))
  const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
  const metrics = createMetricsOfPlanes({
    ...{ config, rates: configuredRates({ USDT: '1' }), instruments, source: 'sim' },
    logger: createLogger({ service: 'test', destination: { write: () => undefined } }),
  })
  const shows = async (plane: 'data' | 'order' | 'strategy', symbol: string) =>
    (await metrics[plane].expose()).includes(`symbol="${symbol}"`)
  for (const plane of ['data', 'order', 'strategy'] as const) expect(await shows(plane, 'BTC/USDT')).toBe(true)
  expect([await shows('data', 'SPY'), await shows('order', 'SPY'), await shows('strategy', 'SPY')]).toEqual([
    true,
    false,
    false,
  ])
})
