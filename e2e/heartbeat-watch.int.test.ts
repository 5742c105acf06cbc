import { join } from 'node:path'
import { describeWithDocker, freePort, startKafka } from '@triplane/testing/containers'
import { PlaneProcess } from './plane-process.ts'
import { buildApps, runOf, Stack, until } from './stack.ts'

interface Health {
  readonly status: string
  readonly details?: { readonly heartbeats?: { readonly missing: readonly string[] } }
}

describeWithDocker(['kafka'], 'heartbeat-watch beside three planes', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let stack: Stack
  let watch: PlaneProcess

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane', 'heartbeat-watch')
    kafka = await startKafka()
    stack = await Stack.at(kafka.brokers, {})
    const environment = { KAFKA_BROKERS: kafka.brokers, TRIPLANE_STATE_FOLDER: join(stack.folder, 'watch') }
    watch = new PlaneProcess('heartbeat-watch', await freePort(), environment, join(stack.folder, 'watch.log'))
  }, 120_000)
  afterAll(async () => {
    await watch.kill()
    await stack.remove()
    await kafka.remove()
  }, 60_000)

  const missing = async () => (await watch.get<Health>('/health'))?.details?.heartbeats?.missing
  const missed = async (plane: string) => {
    const line = (await watch.metrics()).split('\n').find((one) => one.includes(`missed_total{plane="${plane}"`))
    return Number(line?.split(' ').at(-1))
  }

  it('sees the heartbeats of all, notices one that is killed, and its return', async () => {
    watch.start()
    await stack.startRun({ runId: 'e2ehw001', mode: 'live', venues: ['sim'], seed: 3 })
    stack.start()
    await until('the run under way', async () => (await runOf(stack.order))?.isReady)
    // Until its limit has passed it misses no plane, with or without a heartbeat; a plane has a series from its first heartbeat
    // on.
    await until('the order plane heard', async () => !Number.isNaN(await missed('order-plane')))
    await until('three planes heard', async () => (await watch.get<Health>('/health'))?.status === 'healthy')
    const before = await missed('order-plane')

    await stack.order.kill()
    expect(await until('a plane missing', missing)).toEqual(['order-plane'])
    // A watch that misses a plane stays ready itself.
    expect(await watch.get<Health>('/ready')).toMatchObject({ status: 'ready' })
    expect(await missed('order-plane')).toBeGreaterThan(before)
    expect(await watch.metrics()).toMatch(/heartbeat_watch_age_seconds\{plane="order-plane".*\} [5-9]/)

    stack.order.start()
    await until('all planes heard', async () => (await watch.get<Health>('/health'))?.status === 'healthy')
    const log = watch.log().filter((line) => line.includes('order-plane'))
    expect(log.findLast((line) => line.includes('is missing'))).toBeDefined()
    expect(log.at(-1)).toContain('Heartbeats of the plane are back')
  }, 180_000)

  it('shuts down cleanly', async () => {
    expect(await watch.stop()).toBe(0)
    expect(watch.log().filter((line) => line.includes('"Stopped"'))).toHaveLength(1)
  })
})
