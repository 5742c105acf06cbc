import { join } from 'node:path'
import type { Event } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { createMetrics } from '@triplane/metrics'
import { strategyPlaneOf } from '@triplane/planes'
import { strategyConfigOf } from '@triplane/strategy-core'
import { loadStrategies } from '@triplane/user-strategies'
import { runStandalone, temporaryFolder } from './run-standalone.ts'
import { writeTapeStrategy } from './tape-strategy.ts'

const run = ['--seed', '3', '--duration', '60s', '--start-time', '2024-08-08T14:30Z', '--speed', 'max']
const folder = temporaryFolder()

describe("a user's strategy that subscribes to trades", () => {
  it('trades on them beside one that does not; the same run has the same hash', async () => {
    const flags = [...run, '--strategies', writeTapeStrategy(folder())]
    const environment = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,TAPE' }
    const report = await runStandalone(flags, folder(), environment)
    expect(Object.keys(report.strategies['TAPE']?.positions ?? {}).length).toBeGreaterThan(0)
    const again = await runStandalone(flags, folder(), environment)
    expect(again.hash).toBe(report.hash)
  }, 60_000)

  it('changes nothing unless it is chosen', async () => {
    const plain = await runStandalone(run, folder())
    const beside = await runStandalone([...run, '--strategies', writeTapeStrategy(folder())], folder())
    expect(beside.hash).toBe(plain.hash)
  }, 60_000)

  it('continues after a stop: a run in two parts has the hash of one', async () => {
    const strategies = ['--strategies', writeTapeStrategy(folder())]
    const environment = { TRIPLANE_STRATEGY_STRATEGIES: 'TAPE' }
    const whole = await runStandalone([...run, ...strategies], folder(), environment)
    expect(whole.events.fill).toBeGreaterThan(5)
    const parts = join(folder(), 'parts')
    await runStandalone([...run.slice(0, 2), '--duration', '40s', ...run.slice(4), ...strategies], parts, environment)
    const resumed = ['--resume', '--duration', '20s', '--speed', 'max', ...strategies]
    expect((await runStandalone(resumed, parts, environment)).hash).toBe(whole.hash)
  }, 60_000)

  it('may be added and removed when a run is resumed: it gets the trades from then on', async () => {
    const strategies = ['--strategies', writeTapeStrategy(folder())]
    const parts = join(folder(), 'changed')
    const resumed = ['--resume', '--duration', '20s', '--speed', 'max', ...strategies]
    const first = await runStandalone([...run, ...strategies], parts)
    const second = await runStandalone(resumed, parts, { TRIPLANE_STRATEGY_STRATEGIES: 'TAPE' })
    expect(second.events.signal).toBeGreaterThan(first.events.signal)
    const third = await runStandalone(resumed, parts, { TRIPLANE_STRATEGY_STRATEGIES: 'OFI' })
    expect(third.run.marketSeconds).toBeGreaterThan(second.run.marketSeconds)
  }, 60_000)

  it('has the plane hear them, which it does not for other strategies', async () => {
    const strategies = await loadStrategies(writeTapeStrategy(folder()))
    const plane = strategyPlaneOf(strategies)
    const extra = (...names: string[]) => {
      const config = strategyConfigOf(strategies).parse({ strategies: names })
      const rates = configuredRates(config.ratesToUsd)
      const metrics = createMetrics('strategy_plane', { processMetrics: false })
      const built = plane.build({ config, instruments: [], rates, isSessionOpen: () => true, metrics })
      expect(built.topics).toEqual(plane.topics.consumed)
      return ['trade', 'bar', 'pastBar', 'bookDelta'].filter((type) => built.inputTypes.has(type as Event['type']))
    }
    expect(extra('OFI')).toEqual([])
    expect(extra('OFI', 'TAPE')).toEqual(['trade'])
    expect(extra('MOM')).toEqual(['bar', 'pastBar'])
  })
})
