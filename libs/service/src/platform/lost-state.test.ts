import { topics } from '@triplane/contracts'
import { createMemoryBus, type Bus } from '@triplane/messaging'
import { aFill, aRun, testStartUs } from '@triplane/testing'
import { assertNoPriorOutput } from './lost-state.ts'

describe('a plane that has kept nothing of its run', () => {
  let bus: Bus
  beforeEach(() => void (bus = createMemoryBus({ nowUs: () => testStartUs })))
  afterEach(() => bus.close())
  const say = async (name: string, runId: string) => {
    const producer = bus.producer({ name, runId })
    producer.send(topics.fills, 'sim', [aFill({ seq: 1 })])
    await producer.flush()
  }
  const run = aRun({ runId: 'run00002', positions: [] })
  const check = (of = run) => assertNoPriorOutput(bus, of, 'order-plane', [topics.orders, topics.fills])

  it('may start when it has said nothing in the run, whatever others and earlier runs said', async () => {
    await say('order-plane', 'run00001')
    await say('strategy-plane', 'run00002')
    await expect(check()).resolves.toBeUndefined()
  })

  it('is suspended when the bus has what it said', async () => {
    await say('order-plane', 'run00002')
    await expect(check()).rejects.toMatchObject({ code: 'suspended', message: expect.stringMatching(/run run00002/) })
  })

  it('looks from where the run began', async () => {
    await say('order-plane', 'run00002')
    await expect(check({ ...run, positions: (await bus.endOf([topics.fills])) as never })).resolves.toBeUndefined()
  })
})
