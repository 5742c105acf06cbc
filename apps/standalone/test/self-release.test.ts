import { runStandalone, temporaryFolder } from './run-standalone.ts'

describe('a feed that comes back', () => {
  const varFolder = temporaryFolder()
  const outage = ['--scenario', 'feed-outage', '--seed', '1', '--duration', '240s', '--speed', 'max', '--hash', 'off']

  it('is traded again a minute later, without an operator', async () => {
    const report = await runStandalone(outage, varFolder())
    expect(report.killSwitches.stale_data).toMatchObject({ active: false })
    // Of a run without releases there is none after the outage at 45 s.
    const latched = { TRIPLANE_STRATEGY_KILL_SWITCHES_MAX_RELEASES: '0' }
    const stopped = await runStandalone(outage, varFolder(), latched)
    expect(stopped.killSwitches.stale_data).toMatchObject({ active: true })
    expect(report.events.fill).toBeGreaterThan(stopped.events.fill)
  }, 120_000)
})
