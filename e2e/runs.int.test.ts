import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

describeWithDocker(['kafka'], 'a newer run', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let stack: Stack

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    kafka = await startKafka()
    stack = await Stack.at(kafka.brokers, eagerStrategy)
  }, 120_000)
  afterAll(async () => {
    await stack.remove()
    await kafka.remove()
  }, 60_000)

  const trading = async (runId: string, least: number) =>
    until(
      `run ${runId} trading`,
      async () => {
        const runs = await Promise.all(stack.planes.map(runOf))
        const fills = (await ordersOf(stack.order))?.fills ?? 0
        return runs.every((run) => run?.runId === runId && run.isReady) && fills >= least && fills
      },
      90_000,
    )

  it('starts the planes, which wait for the first one, drain and start over from nothing', async () => {
    stack.start()
    await until('planes that wait', async () => {
      const runs = await Promise.all(stack.planes.map(runOf))
      return runs.every((run) => run?.phase === 'waiting for a run')
    })
    await stack.startRun({ runId: 'e2eru001', mode: 'live', venues: ['sim'], seed: 3 })
    const before = await trading('e2eru001', 8)
    await stack.startRun({ runId: 'e2eru002', mode: 'live', venues: ['sim'], seed: 4 })
    expect(await trading('e2eru002', 1)).toBeLessThan(before)
    expect(stack.planes.every((plane) => plane.isRunning)).toBe(true)
    // A graceful shutdown: within the time limit of a container engine.
    expect(await Promise.all(stack.planes.map((plane) => plane.stop()))).toEqual([0, 0, 0])
  }, 240_000)

  it('of a capture without a frame that is understood ends the data plane with a message, not with 0', async () => {
    const capture = join(stack.folder, 'strangers.capture')
    const trade =
      '{"e":"trade","E":1723161600000,"T":1723161600000,"s":"NOUSDT","t":1,"p":"1","q":"1","X":"MARKET","m":false}'
    writeFileSync(capture, `1723161600000000000 ${trade}\n`)
    const strangers = await Stack.at(kafka.brokers, {
      TRIPLANE_SOURCE_KIND: 'capture',
      TRIPLANE_SOURCE_CAPTURE: capture,
      TRIPLANE_VENUES: 'binance_usdm',
    })
    try {
      await strangers.startRun({ runId: 'e2eru004', mode: 'live', venues: ['binance_usdm'] })
      strangers.data.start()
      await until('the end of the data plane', () => strangers.data.isRunning === false, 60_000)
      expect(strangers.data.log().join('\n')).toContain('understood none of the 1')
      expect(await strangers.data.stop()).toBe(1)
    } finally {
      await strangers.remove()
    }
  }, 120_000)

  it('of venues that the configuration does not name is refused in one line, and the order plane waits for another', async () => {
    await stack.startRun({ runId: 'e2eru003', mode: 'live', venues: ['binance_spot'] })
    stack.order.start()
    stack.strategy.start()
    await until('the refusal', () => !stack.strategy.isRunning, 60_000)
    const refusal = 'binance_spot, the venues of the current run e2eru003'
    expect(stack.strategy.log().join('\n')).toContain(refusal)
    await until('an order plane that waits', async () => (await runOf(stack.order))?.why?.includes(refusal), 60_000)
    expect(stack.order.log().join('\n')).toContain(refusal)
    await stack.startRun({ runId: 'e2eru005', mode: 'live', venues: ['sim'], seed: 5 })
    await until('its run', async () => (await runOf(stack.order))?.isReady, 60_000)
  }, 150_000)
})
