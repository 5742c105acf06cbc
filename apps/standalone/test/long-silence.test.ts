import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { composeStandalone, type Standalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { silentScreen, temporaryFolder } from './run-standalone.ts'

const START_S = Date.parse('2024-08-09T20:00:00Z') / 1000
const SILENCE_S = 60 * 3600
/** The most market time handled between two turns of the event loop. */
const STEP_S = 600

const quote = (s: number, id: number) =>
  `${s}000000000 {"e":"bookTicker","u":${id},"s":"BTCUSDT","b":"530.0","B":"1","a":"530.1","A":"1","T":${s}000,"E":${s}000}\n`

describe('a weekend of silence on a connection that is up', () => {
  const varFolder = temporaryFolder()

  /** Replays the minutes before and after it; stops at the nth reading of the clock, which happens at least once a step. */
  async function replay(name: string, n = Infinity): Promise<{ report: Report; turns: number; readings: number }> {
    const capture = join(varFolder(), 'weekend.capture')
    const minute = [...Array(60).keys()]
    const seconds = [...minute.map((s) => START_S - 60 + s), ...minute.map((s) => START_S + SILENCE_S + s)]
    writeFileSync(capture, seconds.map((s, i) => quote(s, i + 1)).join(''))
    const what = ['--capture', capture, '--hole', '72h', '--speed', 'max']
    const flags = [...what, '--storage', 'off', '--ports', 'off', '--var', join(varFolder(), name)]
    // A clock by which every step takes 20 ms.
    let readings = 0
    const monotonicUs = () => {
      if (++readings === n) void standalone.stop()
      return readings * 20_000
    }
    const clock = { ...systemClock, monotonicUs }
    const standalone: Standalone = await composeStandalone(
      parseOptions(flags, () => 1),
      { clock, screen: silentScreen, environment: {} },
    )
    const run = standalone.run()
    let [turns, isOver] = [0, false]
    void run.finally(() => (isOver = true))
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve))
      turns++
    }
    return { report: await run, turns, readings }
  }

  it('is handled in steps, between which signals are processed, and can be stopped in any of them', async () => {
    const whole = await replay('whole')
    expect([whole.report.gaps, whole.report.events.quote]).toEqual([0, 120])
    expect(whole.turns).toBeGreaterThan(SILENCE_S / STEP_S)
    const stopped = await replay('stopped', Math.floor(whole.readings / 2))
    expect(stopped.report.events.quote).toBe(60)
    expect(stopped.report.run.marketSeconds).toBeGreaterThan(STEP_S)
    expect(stopped.report.run.marketSeconds).toBeLessThan(SILENCE_S)
  }, 240_000)
})
