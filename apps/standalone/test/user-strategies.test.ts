import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '@triplane/config'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

/** Trades against the last minute; throws on demand. */
const REVERSAL = `
  import { field, stateSchema } from '@triplane/contracts'
  import { defineStrategy, unchanged } from '@triplane/strategy'
  import { z } from 'zod'

  export default defineStrategy({
    name: 'REV',
    doc: 'Leans against the last minute.',
    parameters: z.strictObject({ strength: z.number().gt(0).max(1).default(0.5), failAt: z.int().default(0) }).prefault({}),
    inputs: { bars: ['1m'] },
    state: field.list(stateSchema({ instrument: field.text, close: field.real })),
    create({ parameters: { strength, failAt } }, saved = []) {
      const closes = new Map<string, number>(saved.map(({ instrument, close }) => [instrument, close]))
      let bars = 0
      return {
        on(event) {
          if (event.type !== 'bar') return unchanged
          if (++bars === failAt) throw new Error('told to')
          const before = closes.get(event.instrument)
          closes.set(event.instrument, event.close)
          if (before === undefined || before === event.close) return unchanged
          return [{ type: 'opinion', instrument: event.instrument, strength: event.close > before ? -strength : strength }]
        },
        snapshot: () => Array.from(closes, ([instrument, close]) => ({ instrument, close })),
      }
    },
  })`

const run = ['--seed', '3', '--duration', '150s', '--start-time', '2024-08-08T14:30Z', '--speed', 'max']
const folder = temporaryFolder()

function strategiesIn(name: string, text = REVERSAL): string {
  const path = join(folder(), name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'reversal.ts'), text)
  return path
}

describe("a user's strategy", () => {
  it("trades beside another, and their results sum to the account's; the same run has the same hash", async () => {
    const flags = [...run, '--strategies', strategiesIn('rev')]
    const environment = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,REV', TRIPLANE_STRATEGY_REV_STRENGTH: '0.8' }
    const report = await runStandalone(flags, folder(), environment)
    const { OFI, REV } = report.strategies
    if (!OFI || !REV) throw new Error('Expected both')
    expect(Math.abs(REV.realizedUsd + REV.unrealizedUsd)).toBeGreaterThan(0)
    expect(OFI.realizedUsd + REV.realizedUsd).toBeCloseTo(report.pnl.realizedUsd, 6)
    expect(OFI.unrealizedUsd + REV.unrealizedUsd).toBeCloseTo(report.pnl.unrealizedUsd, 6)
    const again = await runStandalone(flags, folder(), environment)
    expect(again.hash).toBe(report.hash)
    const other = await runStandalone(flags, folder(), { ...environment, TRIPLANE_STRATEGY_REV_STRENGTH: '0.4' })
    expect(other.hash).not.toBe(report.hash)
  }, 60_000)

  it('continues after a stop: a run in two parts has the hash of one', async () => {
    const strategies = ['--strategies', strategiesIn('rev')]
    const environment = { TRIPLANE_STRATEGY_STRATEGIES: 'REV' }
    const whole = await runStandalone([...run, ...strategies], folder(), environment)
    const parts = join(folder(), 'parts')
    await runStandalone([...run.slice(0, 2), '--duration', '130s', ...run.slice(4), ...strategies], parts, environment)
    const resumed = ['--resume', '--duration', '20s', '--speed', 'max', ...strategies]
    const rest = await runStandalone(resumed, parts, environment)
    expect(rest.hash).toBe(whole.hash)
    await expect(runStandalone(['--resume'], parts, environment)).rejects.toThrow('TRIPLANE_STRATEGY_STRATEGIES')
  }, 60_000)

  it('that throws is suspended, and the run continues', async () => {
    const environment = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,REV', TRIPLANE_STRATEGY_REV_FAIL_AT: '3' }
    const report = await runStandalone([...run, '--strategies', strategiesIn('rev')], folder(), environment)
    expect(report.run.marketSeconds).toBeCloseTo(150, 0)
    expect(report.events.fill).toBeGreaterThan(10)
    expect(report.strategies['REV']?.positions).toEqual({})
  }, 60_000)

  it('is refused at the start unless it is pure and its settings fit', async () => {
    const clock = strategiesIn('clock', REVERSAL.replace('let bars = 0', 'let bars = Date.now()'))
    await expect(runStandalone([...run, '--strategies', clock], folder())).rejects.toThrow(
      'reversal.ts: Expected a pure strategy, was one that uses Date (time is in the events)',
    )
    const environment = { TRIPLANE_STRATEGY_REV_STRENGTH: '8' }
    await expect(runStandalone([...run, '--strategies', strategiesIn('rev')], folder(), environment)).rejects.toThrow(
      'strategy.rev.strength (TRIPLANE_STRATEGY_REV_STRENGTH): expected number to be <=1, found 8',
    )
  })
  it.each([
    {
      name: 'parameters without a default',
      change: ['.default(0.5)', ''],
      message: 'reversal.ts is not valid:\n  rev.strength: expected number, found nothing',
    },
    {
      name: 'a default that the parameters do not take',
      change: ['.default(0.5)', '.prefault(5)'],
      message: 'reversal.ts is not valid:\n  rev.strength: expected number to be <=1, found nothing',
    },
    {
      name: 'parameters that the strategy itself does not take',
      change: [
        'let bars = 0',
        "let bars = 0; if (strength < 0.9) throw new Error('Expected 0.9 at least, was ' + strength)",
      ],
      message: 'reversal.ts: Error: Expected 0.9 at least, was 0.5',
    },
    {
      name: 'a warm-up with bars that it does not hear',
      change: ['state:', "warmUp: () => [{ timeframe: '5m', bars: 2 }], state:"],
      message: 'reversal.ts: Error: Invariant: a strategy hears the bars that it warms up with, was REV, 5m',
    },
    {
      name: 'a limit that is no amount',
      change: ['state:', 'limits: () => ({ maxOrderUsd: -1, maxPositionUsd: 5 }), state:'],
      message: 'reversal.ts: Error: Invariant: maxOrderUsd is an amount, was -1',
    },
  ])('is refused with its file, and what was expected and found: $name', async ({ change, message }) => {
    const strategies = strategiesIn('refused', REVERSAL.replace(change[0] as string, change[1] as string))
    const refused = runStandalone([...run, '--strategies', strategies], folder(), {
      TRIPLANE_STRATEGY_STRATEGIES: 'REV',
    })
    await expect(refused).rejects.toBeInstanceOf(ConfigError)
    await expect(refused).rejects.toThrow(message)
  })
})
