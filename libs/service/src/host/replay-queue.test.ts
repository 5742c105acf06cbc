import { topics } from '@triplane/contracts'
import { createMemoryBus, type Bus } from '@triplane/messaging'
import { aFill, aTrade, testStartUs } from '@triplane/testing'
import { ReplayQueue } from './replay-queue.ts'

let bus: Bus
beforeEach(() => void (bus = createMemoryBus({ nowUs: () => testStartUs })))
afterEach(() => bus.close())

/** Two fills and three trades on the bus, and a queue that reads them. */
function queued(isStopping = () => false) {
  const producer = bus.producer({ name: 'plane', runId: 'run1' })
  for (const seq of [1, 2, 3]) producer.send(topics.market, 'BTC', [aTrade({ seq })])
  for (const seq of [4, 5]) producer.send(topics.fills, 'desk', [aFill({ seq })])
  const consumer = bus.consumer({ group: 'test', topics: [topics.market, topics.fills], from: 'earliest' })
  const queue = new ReplayQueue(consumer, isStopping)
  const take = async (topic: { readonly name: string }, lastOffset: number, count: number) =>
    (await queue.take({ topic: topic.name, partition: 0, lastOffset, count })).map(({ seq }) => seq)
  return { queue, take, producer }
}

describe('the records of logged turns', () => {
  it('are handed over as they were logged, whatever their order on the bus', async () => {
    const { take } = queued()
    expect(await take(topics.fills, 0, 1)).toEqual([4])
    expect(await take(topics.market, 1, 2)).toEqual([1, 2])
    expect(await take(topics.fills, 1, 1)).toEqual([5])
  })

  it('leave what nobody has logged for the first new turn', async () => {
    const { queue, take } = queued()
    await take(topics.market, 0, 1)
    expect(queue.rest().map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
  })

  it('are waited for', async () => {
    const { take, producer } = queued()
    const late = take(topics.fills, 2, 3)
    producer.send(topics.fills, 'desk', [aFill({ seq: 6 })])
    expect(await late).toEqual([4, 5, 6])
  })

  it('are refused when the bus has others in their place', async () => {
    const { take } = queued()
    await expect(take(topics.market, 7, 2)).rejects.toMatchObject({
      code: 'broken',
      message: expect.stringContaining('up to offset 7'),
    })
  })

  it('are given up when the plane is stopped', async () => {
    const { take } = queued(() => true)
    expect(await take(topics.fills, 9, 9)).toEqual([])
  })
})
