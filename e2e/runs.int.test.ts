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

  it('makes the planes, which wait for the first one, drain and start over from nothing', async () => {
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
    // Ordered: within the time that a container engine gives.
    expect(await Promise.all(stack.planes.map((plane) => plane.stop()))).toEqual([0, 0, 0])
  }, 240_000)

  it('of other venues than the configuration names is refused in one line', async () => {
    await stack.startRun({ runId: 'e2eru003', mode: 'live', venues: ['binance_spot'] })
    stack.order.start()
    await until('the refusal', () => !stack.order.isRunning, 60_000)
    expect(stack.order.log().join('\n')).toContain('binance_spot, the venues of the current run e2eru003')
  }, 90_000)
})
