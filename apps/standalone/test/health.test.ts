import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@triplane/kernel'
import { composeStandalone, type Standalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { silentScreen, temporaryFolder } from './run-standalone.ts'

/** At the pace of the clock: a run at full speed uses a whole core, and its planes report that. */
describe('the health of the planes of a run under way', () => {
  const folder = temporaryFolder()
  let standalone: Standalone
  let running: Promise<Report>

  const get = async (plane: number, path: string) => {
    const response = await fetch(`${standalone.urls[plane]}${path}`)
    return { status: response.status, text: await response.text() }
  }

  const checksOf = async (plane: number) =>
    (JSON.parse((await get(plane, '/health/detailed')).text) as { checks: Record<string, { status: string }> }).checks

  beforeAll(async () => {
    const options = parseOptions(
      ['--seed', '3', '--storage', 'off', '--ports', '0,0,0', '--hash', 'off', '--var', folder()],
      () => 1,
    )
    standalone = await composeStandalone(options, { clock: systemClock, screen: silentScreen, environment: {} })
    running = standalone.run()
    // A start is busy, and a slow machine reports that for the first window of ten seconds.
    for (const plane of [0, 1, 2]) while (!(await get(plane, '/health')).text.includes('"healthy"')) await sleep(50)
  }, 120_000)

  afterAll(async () => {
    await standalone.stop()
    await running
  })

  it.each([
    ['data', 0, ['disk', 'memory', 'cpu', 'event_loop', 'feed']],
    ['order', 1, ['disk', 'memory', 'cpu', 'event_loop']],
    ['strategy', 2, ['disk', 'memory', 'cpu', 'event_loop', 'warm_up']],
  ] as const)('is served by the %s plane', async (_, plane, names) => {
    expect(await get(plane, '/health')).toEqual({ status: 200, text: '{"status":"healthy"}' })
    expect(await get(plane, '/ready')).toEqual({ status: 200, text: '{"status":"ready"}' })
    const checks = await checksOf(plane)
    expect(Object.keys(checks)).toEqual(names)
    for (const check of Object.values(checks)) expect(check).toMatchObject({ status: 'healthy', details: {} })
  })
})
