import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulatedCheckpointSchema } from '@triplane/feeds'
import { dataPlane, orderPlane, strategyPlane } from '@triplane/planes'
import { createStateCodec, sourceStateSchema } from '@triplane/service'
import { checkedLine, scanLines } from '@triplane/storage'
import { stateMutations } from '@triplane/testing'
import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { hostStateCodec } from '@triplane/testing/hosts'
import type { PlaneProcess } from './plane-process.ts'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const RUN_ID = 'e2esa001'
const savedBy = { configurationDigest: 'any', commit: 'any' }
const codecs = {
  'data-plane': createStateCodec(sourceStateSchema(dataPlane.stateSchema, simulatedCheckpointSchema), savedBy),
  'strategy-plane': hostStateCodec(strategyPlane),
  'order-plane': hostStateCodec(orderPlane),
}

/** Fields that the schemas of events leave to the venue or to the kind of order. */
const optional =
  /\/(tsEventUs|tradeId|updateId|firstUpdateId|lastUpdateId|prevUpdateId|limitPrice|reason|incomplete|missing|venue|isLate|revised)$/

describeWithDocker(['kafka'], 'the snapshot of a service', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let stack: Stack

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    kafka = await startKafka()
    stack = await Stack.at(kafka.brokers, { ...eagerStrategy, TRIPLANE_STATE_SNAPSHOT_EVERY_MS: '1000' })
    await stack.startRun({ runId: RUN_ID, mode: 'live', venues: ['sim'], seed: 7 })
    stack.start()
    await stack.traded()
    await Promise.all(stack.planes.map((plane) => plane.stop()))
  }, 300_000)

  afterAll(async () => {
    await stack.remove()
    await kafka.remove()
  }, 60_000)

  /** The newest snapshot of a plane on disk. */
  function snapshotOf({ name }: PlaneProcess): string {
    const folder = join(stack.folder, name, RUN_ID, name)
    const [newest, ...others] = readdirSync(folder).filter((file) => /^snapshot-\d+\.json$/.test(file))
    expect(others).toEqual([])
    return join(folder, newest ?? '')
  }
  const read = (file: string): unknown => JSON.parse(scanLines(readFileSync(file)).lines[0]?.toString('utf8') ?? '')
  const suspended = (plane: PlaneProcess) =>
    until(
      `${plane.name} suspended`,
      async () => ((await runOf(plane))?.phase === 'suspended' ? runOf(plane) : undefined),
      120_000,
    )

  it.each(['data-plane', 'strategy-plane', 'order-plane'] as const)(
    'is refused with any field missing or added, at any depth, by the path of the field: %s',
    (name) => {
      const plane = stack.planes.find((one) => one.name === name) as PlaneProcess
      const saved = read(snapshotOf(plane))
      const refusalOf = () => {
        try {
          codecs[name].open(saved)
          return 'taken'
        } catch (error) {
          return (error as Error).message
        }
      }
      expect(refusalOf()).toBe('taken')
      const taken: string[] = []
      let mutations = 0
      for (const { path, kind } of stateMutations(saved, 1)) {
        mutations++
        const refusal = refusalOf()
        if (refusal === 'taken') taken.push(`${kind} ${path}`)
        else expect(refusal).toContain(path)
      }
      expect(mutations).toBeGreaterThan(100)
      expect(taken.filter((mutation) => mutation.startsWith('added') || !optional.test(mutation))).toEqual([])
    },
    120_000,
  )

  it('that does not fit suspends the plane, halted, with the name of the field; one that fits continues the run', async () => {
    const file = snapshotOf(stack.order)
    const fits = readFileSync(file)
    const saved = read(file) as { readonly state: { readonly core: { ledger?: unknown } } }
    delete saved.state.core.ledger
    writeFileSync(file, checkedLine(JSON.stringify(saved)))
    stack.order.start()
    expect((await suspended(stack.order))?.why).toMatch(/Expected the field \/state\/core\/ledger, was nothing/)
    expect(await stack.order.metrics()).toMatch(/^orders_trading_state\{.*state="halted".*\} 1$/m)
    expect(await ordersOf(stack.order)).toBeUndefined()
    await stack.order.stop()

    writeFileSync(file, fits)
    stack.start()
    await until('the run goes on', async () => (await runOf(stack.order))?.isReady, 120_000)
    expect((await ordersOf(stack.order))?.fills).toBeGreaterThan(0)
  }, 300_000)
})
