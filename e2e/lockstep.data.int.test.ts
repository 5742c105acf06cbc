import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWithData } from '@triplane/testing'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { root } from './plane-process.ts'
import { buildApps, ordersOf, runOf, Stack, until } from './stack.ts'

const CAPTURE = 'binance_ws_20240808/usdm_btcusdt_20240808.gz'
const SECONDS = 60
/** A strategy that trades more than the default one, so that a minute has results. */
const settings = {
  // Below the strategy's targets, so that risk has orders to refuse.
  TRIPLANE_ORDER_RISK_MAX_POSITION_USD: '2500',
  TRIPLANE_ORDER_MIN_LATENCY_MS: '50',
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '2000',
  TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS: '0.3',
  TRIPLANE_STRATEGY_OFI_MIN_CHANGE: '0.1',
}

interface Report {
  readonly hashes: Readonly<Record<'data' | 'order' | 'strategy', string>>
  readonly events: Readonly<Record<string, number>>
  readonly orders: Readonly<Record<string, number>>
  readonly denied: Readonly<Record<string, number>>
  readonly execution: { readonly partialFills: number }
  readonly pnl: Readonly<Record<string, number>>
  readonly positions: Readonly<Record<string, { readonly quantity: number; readonly mark: number }>>
}

describeWithDocker(['kafka'], 'three processes over Kafka', () => {
  describeWithData('in lockstep', (data) => {
    const capture = join(data, CAPTURE)
    const folder = mkdtempSync(join(tmpdir(), 'triplane-lockstep-'))
    let kafka: Awaited<ReturnType<typeof startKafka>>
    let alone: Report

    beforeAll(async () => {
      buildApps('standalone', 'data-plane', 'strategy-plane', 'order-plane')
      const report = join(folder, 'report.json')
      const flags = ['--capture', capture, '--speed', 'max', '--duration', `${SECONDS}s`, '--storage', 'off']
      execFileSync(
        process.execPath,
        [join(root, 'dist/apps/standalone/main.js'), ...flags, '--ports', 'off', '--var', folder, '--report', report],
        { env: { ...process.env, ...settings }, stdio: 'pipe' },
      )
      alone = JSON.parse(readFileSync(report, 'utf8')) as Report
      kafka = await startKafka()
    }, 120_000)
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await kafka.remove()
    }, 60_000)

    it('has a replay to compare with that trades', () => {
      expect(alone.events['fill']).toBeGreaterThan(20)
      expect(alone.execution.partialFills).toBeGreaterThan(0)
      expect(alone.orders['denied']).toBeGreaterThan(0)
      expect(alone.orders['cancelled']).toBeGreaterThan(0)
    })

    const newStack = (speed: string) =>
      Stack.at(kafka.brokers, {
        ...settings,
        TRIPLANE_VENUES: 'binance_usdm',
        TRIPLANE_SOURCE_KIND: 'capture',
        TRIPLANE_SOURCE_CAPTURE: capture,
        TRIPLANE_SOURCE_DURATION_MS: String(SECONDS * 1000),
        TRIPLANE_SOURCE_SPEED: speed,
        TRIPLANE_STATE_SNAPSHOT_EVERY_MS: '700',
      })

    /** Waits for the end of the run, and compares it with the standalone app: hashes, orders, fills, positions, PnL. */
    async function expectTheSame(stack: Stack): Promise<void> {
      await until(
        'all planes at the end of the run',
        async () => {
          const statuses = await Promise.all(stack.planes.map(runOf))
          return statuses.every((status) => status?.isFinal)
        },
        90_000,
      )
      const [dataRun, strategyRun, orderRun] = await Promise.all(stack.planes.map(runOf))
      expect({ data: dataRun?.hash, strategy: strategyRun?.hash, order: orderRun?.hash }).toEqual(alone.hashes)
      const orders = await ordersOf(stack.order)
      expect(orders?.counts).toEqual(alone.orders)
      expect(orders?.denied).toEqual(alone.denied)
      expect([orders?.fills, orders?.partialFills]).toEqual([alone.events['fill'], alone.execution.partialFills])
      const account = await stack.strategy.get<Record<string, never>>('/status/positions')
      const { realizedUsd, unrealizedUsd, feesUsd, equityUsd, maxDrawdownRatio, positions } = account as never
      const numbers = { realizedUsd, unrealizedUsd, feesUsd, equityUsd }
      const named = Object.entries(numbers).map(([name, money]) => [name, Number(money)])
      expect({ ...Object.fromEntries(named), maxDrawdownRatio }).toEqual(alone.pnl)
      const held = (positions as { instrument: string; quantity: string; mark: number }[]).map(
        ({ instrument, quantity, mark }) => [instrument, { quantity: Number(quantity), mark }],
      )
      const reported = Object.entries(alone.positions).map(([instrument, { quantity, mark }]) => [
        instrument,
        { quantity, mark },
      ])
      expect(Object.fromEntries(held)).toEqual(Object.fromEntries(reported))
    }

    it('end with the hashes, fills, positions and PnL of one process', async () => {
      const stack = await newStack('max')
      try {
        await stack.startRun({ runId: 'e2e00001', mode: 'lockstep', venues: ['binance_usdm'] })
        stack.start()
        await expectTheSame(stack)
      } finally {
        await stack.remove()
      }
    }, 150_000)

    it('end with the same after each was killed with -9 on the way and started again', async () => {
      const stack = await newStack('4')
      try {
        await stack.startRun({ runId: 'e2e00002', mode: 'lockstep', venues: ['binance_usdm'] })
        stack.start()
        const hasOpenOrders = async () => ((await ordersOf(stack.order))?.open.length ?? 0) > 0
        for (const [i, plane] of stack.planes.entries()) {
          const before = await until('a working order, and the run under way', async () => {
            const run = await runOf(plane)
            return run && run.isReady && !run.isFinal && (await hasOpenOrders()) && run
          })
          await plane.kill()
          expect(plane.isRunning).toBe(false)
          expect(await runOf(plane)).toBeUndefined()
          plane.start()
          await until(`${plane.name} past where it was killed`, async () => {
            const run = await runOf(plane)
            return run?.isReady && run.marketUs > before.marketUs
          })
          expect(plane.log().filter((line) => line.includes('"Started"'))).toHaveLength(2)
          expect(i).toBeLessThan(3)
        }
        await expectTheSame(stack)
      } finally {
        await stack.remove()
      }
    }, 200_000)
  })
})
