import { topics } from '@triplane/contracts'
import { ok } from '@triplane/kernel'
import { createMemoryBus, type Bus, type BusRecord } from '@triplane/messaging'
import type { Event } from '@triplane/contracts'
import { aTrade, testStartUs } from '@triplane/testing'
import { readRuns, RunWatch, startRun } from './runs.ts'

let bus: Bus
beforeEach(() => void (bus = createMemoryBus({ nowUs: () => testStartUs })))
afterEach(() => bus.close())

const decode = ({ events }: BusRecord<readonly Event[]>) => ok(events)
const start = (runId: string, more: object = {}) =>
  startRun(bus, { runId, mode: 'live', venues: ['sim'], who: 'ada', nowUs: testStartUs, ...more })

describe('starting a run', () => {
  it('notes where every topic of data ends, so that nothing of before is the run’s', async () => {
    bus.producer({ name: 'data-plane', runId: 'run0' }).send(topics.market, 'BTC', [aTrade()])
    const { positions } = await start('run1')
    expect(positions.find(({ topic }) => topic === topics.market.name)).toMatchObject({ offset: 1 })
    expect(positions.map(({ topic }) => topic)).not.toContain(topics.runs.name)
  })

  it('gives it an account of its own unless it is told one, and only what it was told', async () => {
    expect(await start('run1')).toMatchObject({ account: 'sim-run1' })
    const run = await start('run2', { account: 'desk', seed: 7, dataPlanes: [{ instance: 'a', venues: ['sim'] }] })
    expect(run).toMatchObject({ account: 'desk', seed: 7, dataPlanes: [{ instance: 'a', venues: ['sim'] }] })
    expect(Object.keys(await start('run3'))).not.toEqual(expect.arrayContaining(['seed']))
  })
})

describe('the runs on the bus', () => {
  it('are none before the first', async () => {
    expect(await readRuns(bus, 'test', decode)).toEqual([])
  })

  it('are read oldest first, the current one last', async () => {
    for (const runId of ['run1', 'run2']) await start(runId)
    expect((await readRuns(bus, 'test', decode)).map(({ runId }) => runId)).toEqual(['run1', 'run2'])
  })

  it('are followed: the current one is waited for, then a newer one', async () => {
    const watch = new RunWatch(bus, 'watch', decode)
    const current = watch.current()
    const first = await start('run1')
    expect(await current).toEqual(first)
    const newer = watch.newerThan(first)
    await start('run2')
    expect((await newer)?.runId).toBe('run2')
    await watch.close()
  })

  it('are those that their owner wrote: of others it says what came, and they are none', async () => {
    const foreign: string[] = []
    const first = await start('run1')
    const forged = { ...first, runId: 'forged', account: 'desk' }
    for (const name of ['poison', 'data-plane', 'strategy-plane.edge'])
      bus.producer({ name, runId: 'forged' }).send(topics.runs, 'forged', [forged])
    const watch = new RunWatch(bus, 'watch', decode, ({ code, detail }) => foreign.push(`${code}: ${detail}`))
    expect(await watch.known()).toEqual([first])
    expect(foreign).toHaveLength(3)
    expect(foreign[0]).toContain('foreign_record: Expected a record of')
    expect(await readRuns(bus, 'test', decode)).toEqual([first])
    await watch.close()
  })

  it('are given up when the watch is closed', async () => {
    const watch = new RunWatch(bus, 'watch', decode)
    const current = watch.current()
    await watch.close()
    expect(await current).toBeUndefined()
    expect(await watch.newerThan({ runId: 'none' } as never)).toBeUndefined()
  })
})
