import { topics, type Event, type OrderEvent, type OrderIntent, type Topic, type Fill } from '@triplane/contracts'
import { aDeadPlane, aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'
import { toldRun } from '../../test/told-run.ts'

afterEach(stopPlanes)

const order = { at: 0, side: 'BUY', lots: [100, 50], priceUnits: 618_000_000, feeUnits: 5000 } as const
const told = toldRun([order, { ...order, side: 'SELL', lots: [30] }])
const none = { journal: [], orders: [], fills: [], opening: undefined, refused: [] }

const healthy = { status: 'healthy' }

/** Planes of run `cafe0001` with the ledgers of `told`, its records on the bus, and its rows in the database. */
async function aSystem({ checks = { kafka: healthy, database: healthy } }: { readonly checks?: object } = {}) {
  const world = new CliWorld()
  const saying = (i: number) => (path: string) => {
    const bodies: Record<string, unknown> = {
      '/status/run': { runId: 'cafe0001' },
      '/health/detailed': { checks },
      '/status/owned': told.ledgers[i],
    }
    return { status: 200, body: bodies[path] }
  }
  const [orderPlane, strategyPlane] = [await aPlane(200, saying(0)), await aPlane(200, saying(1))]
  world.environment = {
    TRIPLANE_ORDER_PLANES: orderPlane.url,
    TRIPLANE_STRATEGY_PLANES: strategyPlane.url,
  }
  world.executions = { ...told.database, refused: [] }
  const publish = async (topic: Topic, name: string, events: readonly Event[], runId = 'cafe0001') => {
    const producer = world.bus.producer({ name, runId })
    for (const event of events) producer.send(topic, 'sim', [event])
    await producer.flush()
  }
  await publish(topics.intents, 'strategy-plane', told.topics.intents.rows as OrderIntent[])
  await publish(topics.orders, 'order-plane', told.topics.orders.rows as OrderEvent[])
  await publish(topics.fills, 'order-plane', told.topics.fills.rows as Fill[])
  return { world, publish }
}

describe('reconcile', () => {
  it('says that all sources tell the same', async () => {
    const { world } = await aSystem()
    expect(await world.run('reconcile')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "Run cafe0001: compared the topics with 5 states of orders and 3 fills, the database with 5 states of orders and 3 fills, 2 ledgers.
      All tell the same.
      "
    `)
    expect(world.messages).toBe('')
    expect((await world.json('reconcile')).value).toMatchObject({ isEqual: true, differences: [] })
  })

  it('names what differs for as long as it waits, and fails', async () => {
    const { world } = await aSystem()
    let nowUs = 0
    world.nowUs = () => (nowUs += 10_000_000)
    const [lost, ...fills] = told.database.fills
    world.executions = { ...told.database, fills, refused: [] }
    expect(await world.run('reconcile')).toBe(1)
    expect(world.waitedMs).toBeGreaterThan(2000)
    expect(world.output).toContain(`fill      ${lost?.fillId}  on the topic, not in the database`)
    expect(world.messages).toMatch(/^triplane: Expected one truth about run cafe0001, was \d differences\n$/)
  })

  it('forgives rows that were on their way', async () => {
    const { world } = await aSystem()
    const rows = { ...told.database, refused: [] }
    const looks = [none, rows]
    Object.defineProperty(world, 'executions', { get: () => looks.shift() ?? rows })
    expect((await world.json('reconcile')).value).toMatchObject({ isEqual: true, passing: 8 })
    expect(world.waitedMs).toBe(2000)
  })

  it('leaves out repetitions, records of others and of other runs, and fills of orders that never were', async () => {
    const { world, publish } = await aSystem()
    const [fill] = told.topics.fills.rows as Fill[]
    await publish(topics.fills, 'order-plane', [fill as Fill])
    await publish(topics.fills, 'order-plane', [{ ...fill, fillId: 'never', intentId: 'never', seq: 99 } as Fill])
    await publish(topics.fills, 'order-plane', [{ ...fill, fillId: 'other' } as Fill], 'cafe0000')
    await publish(topics.fills, 'order-plane.edge', [{ ...fill, fillId: 'forged', seq: 100 } as Fill])
    await publish(topics.fills, 'order-plane', [{ ...fill, fillId: 'far', seq: 2 ** 53 - 2 } as Fill])
    world.executions = { ...world.executions, refused: [`${topics.fills.name}/0/7`] }
    const leftOut = { repeated: 1, foreign: 1, refused: 1, strangers: ['never'] }
    expect(await world.json('reconcile')).toMatchObject({ code: 0, value: { leftOut } })
  })

  it('says what the planes do not use, and compares the rest', async () => {
    const { world } = await aSystem({ checks: { database: healthy } })
    expect(await world.run('reconcile')).toBe(0)
    expect(world.output).toContain('Not compared: topics: there is no broker.\n')
    const { world: other } = await aSystem({ checks: { kafka: healthy } })
    expect(await other.run('reconcile')).toBe(0)
    expect(other.output).toContain('Not compared: the database: the order plane has none.\n')
    expect(await other.run('reconcile', '--run', 'cafe0000')).toBe(0)
    expect(other.output).toContain('Not compared: the ledgers, which are of another run.\n')
  })

  it('says what it cannot compare, with the exit code 2', async () => {
    const { world } = await aSystem()
    world.kafkaFault = new Error('Kafka is away')
    expect(await world.run('reconcile')).toBe(2)
    expect(world.messages).toBe('triplane: Cannot compare the topics: Kafka is away\n')

    const { world: behind } = await aSystem({ checks: { database: { status: 'degraded' } } })
    let nowUs = 0
    behind.nowUs = () => (nowUs += 20_000_000)
    behind.executions = none
    expect(await behind.run('reconcile')).toBe(2)
    expect(behind.messages).toMatch(/^triplane: Cannot compare the database: it is behind the order plane/)

    behind.environment = { ...behind.environment, TRIPLANE_STRATEGY_PLANES: await aDeadPlane() }
    expect(await behind.run('reconcile')).toBe(2)
    expect(behind.messages).toMatch(/^triplane: Cannot compare the ledger: Expected owned of the strategy plane at /)
  })
})
