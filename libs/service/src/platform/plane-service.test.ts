import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Deferred, nextTurn } from '@triplane/async'
import { ConfigError } from '@triplane/config'
import { topics, type Heartbeat } from '@triplane/contracts'
import { isFault } from '@triplane/kernel'
import { decodeRecord } from '@triplane/messaging'
import { aHeartbeat, testStartUs } from '@triplane/testing'
import { kafkaInMemory } from '../../test/kafka-in-memory.ts'
import { loggedLines } from '../../test/logged-lines.ts'
import { UnreadableRecordError } from '../host/unreadable-record.ts'
import { PlaneSuspendedError } from '../log/failed-turn.ts'
import { InputLogError } from '../log/log-segment.ts'
import { startRun, type NewRun } from '../run/runs.ts'
import { PlaneService, type HostedRun, type PlaneServiceOptions, type RunContext } from './plane-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-plane-service-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is hosted in these tests: it works until it is stopped or fails, and notes what becomes of it. */
function hostedRun(runId: string, events: string[]) {
  const end = new Deferred<void>()
  const hosted: HostedRun = {
    async run() {
      events.push(`${runId} works`)
      await end.promise
      events.push(`${runId} has ended`)
    },
    stop() {
      events.push(`${runId} is stopped`)
      end.resolve()
    },
    marketUs: testStartUs,
    isReady: true,
    isFinal: false,
    describe: () => ({}),
    observe: () => undefined,
    busStats: () => [],
  }
  return { hosted, fail: (error: unknown) => end.reject(error as Error) }
}

describe('the service of a plane', () => {
  /** A plane's service on a bus of its own, and what happened. */
  function serving(more: Partial<PlaneServiceOptions> = {}) {
    const bus = kafkaInMemory()
    const events: string[] = []
    const contexts: RunContext[] = []
    const fails: ((error: unknown) => void)[] = []
    const { logger, lines } = loggedLines()
    const time = { us: 0 }
    let onFatal: (fault: Error) => void = () => undefined
    const service = new PlaneService({
      name: 'order-plane',
      stage: 'order',
      config: {
        state: { folder, snapshotEveryMs: 1000 },
        market: { venues: 'sim', instrumentFiles: [], aheadLimitMs: 5000 },
      },
      source: {
        async connect(_stopping, told) {
          onFatal = told
          return bus
        },
        decode: decodeRecord,
      },
      logger,
      clock: { nowUs: () => testStartUs + time.us, monotonicUs: () => time.us },
      latest: undefined,
      openHistory: ({ runId }) => ({
        write: (producer, [letter]) => void events.push(`history of ${runId} takes ${letter?.type} of ${producer}`),
        settled: async () => undefined,
        close: async () => void events.push(`history of ${runId} is closed`),
      }),
      async host(context) {
        contexts.push(context)
        const { hosted, fail } = hostedRun(context.run.runId, events)
        fails.push(fail)
        return hosted
      },
      onSuspended: async (why) => void events.push(`suspended: ${why}`),
      onOrigin: (originUs) => void events.push(`origin ${originUs - testStartUs}`),
      onRefusedRecord: (reason) => void events.push(`dead letter ${reason}`),
      ...more,
    })
    const stopping = new AbortController()
    const ended = service.run(stopping.signal)
    ended.catch(() => undefined)
    return {
      ...{ bus, service, events, contexts, fails, lines, stopping, ended, time },
      breakBus: (fault: Error) => onFatal(fault),
      start: (runId: string, fields: Partial<NewRun> = {}) =>
        startRun(bus, { runId, mode: 'live', venues: ['sim'], who: 'ada', nowUs: testStartUs, ...fields }),
      /** Resolves when the service is in the phase, on that run. */
      async until(phase: string, runId?: string) {
        while (service.status.phase !== phase || (runId !== undefined && service.status.run?.runId !== runId))
          await nextTurn()
      },
      async stop() {
        stopping.abort()
        await ended
      },
    }
  }

  it('waits for a run, hosts it, and ends it before the bus when it is stopped', async () => {
    const { service, events, contexts, start, until, stop, bus } = serving()
    await until('waiting for a run')
    await start('run1', { account: 'desk' })
    await until('running')
    expect(contexts[0]).toMatchObject({
      run: { runId: 'run1', account: 'desk' },
      folder: join(folder, 'run1/order-plane'),
    })
    await stop()
    expect(events).toEqual(['run1 works', 'run1 is stopped', 'run1 has ended', 'history of run1 is closed'])
    expect(service.status.phase).toBe('stopping')
    expect(() => bus.producer({ name: 'x', runId: 'y' })).toThrow('closed')
  })

  it('ends a run cleanly when there is a newer one, then hosts that', async () => {
    const { events, start, until, stop, contexts } = serving()
    await start('run1')
    await until('running', 'run1')
    await start('run2')
    await until('running', 'run2')
    expect(events).toEqual([
      ...['run1 works', 'run1 is stopped', 'run1 has ended', 'history of run1 is closed'],
      'run2 works',
    ])
    expect(contexts.map(({ edge }) => edge.name)).toEqual(['order-plane.edge', 'order-plane.edge'])
    await stop()
  })

  it('hosts the newest of the runs that it finds', async () => {
    const bus = kafkaInMemory()
    for (const runId of ['run1', 'run2'])
      await startRun(bus, { runId, mode: 'live', venues: ['sim'], who: 'ada', nowUs: testStartUs })
    const { until, events, stop } = serving({ source: { connect: async () => bus, decode: decodeRecord } })
    await until('running')
    expect(events).toEqual(['run2 works'])
    await stop()
  })

  it('does not begin with a run when it is stopped while that is being built', async () => {
    const built = new Deferred<HostedRun>()
    const events: string[] = []
    const { start, until, stop } = serving({ host: () => built.promise })
    await start('run1')
    await until('starting')
    const stopped = stop()
    built.resolve(hostedRun('run1', events).hosted)
    await stopped
    expect(events).toEqual(['run1 is stopped', 'run1 works', 'run1 has ended'])
  })

  it.each(['connecting', 'waiting for a run'])('can be stopped while it is %s', async (phase) => {
    const connect = (signal: AbortSignal) =>
      new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)))
    const { until, stop, events } = serving(
      phase === 'connecting' ? { source: { connect, decode: decodeRecord } } : undefined,
    )
    await until(phase)
    await stop()
    expect(events).toEqual([])
  })

  it.each([
    { name: 'a bug', error: new TypeError('x is undefined') },
    { name: 'a fault', error: new InputLogError('unsynced', 'Expected the disk to sync, has failed') },
    { name: 'another configuration', error: new InputLogError('other_config', 'Expected the digest a, was b') },
  ])('ends with $name of its plane, once the history is closed', async ({ error }) => {
    const { start, until, ended, fails, events, bus } = serving()
    await start('run1')
    await until('running')
    fails[0]?.(error)
    await expect(ended).rejects.toBe(error)
    expect(events.at(-1)).toBe('history of run1 is closed')
    expect(() => bus.producer({ name: 'x', runId: 'y' })).toThrow('closed')
  })

  it('ends with a bug when the bus is broken for good: what was sent may be out of order', async () => {
    const { start, until, ended, breakBus } = serving()
    await start('run1')
    await until('running')
    const fault = Object.assign(new Error('sequence lost'), { code: 'sequence_lost', retryable: false })
    breakBus(fault)
    const error = await ended.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ message: expect.stringContaining('was sequence lost'), cause: fault })
    expect([isFault(fault), isFault(error)]).toEqual([true, false])
  })

  it.each([
    { name: 'says so', error: new PlaneSuspendedError('Expected the snapshot of run1, was nothing') },
    { name: 'has lost its input log', error: new InputLogError('broken', 'Expected turn 7, was 9') },
  ])('is suspended by a plane that $name, and goes on with the next run', async ({ error }) => {
    let isFirst = true
    const built = hostedRun('run2', [])
    const { service, start, until, stop, events, lines } = serving({
      async host() {
        if (!isFirst) return built.hosted
        isFirst = false
        throw error
      },
    })
    await start('run1')
    await until('suspended', 'run1')
    expect(service.status).toMatchObject({ why: error.message, run: { runId: 'run1' } })
    expect(service.status.hosted).toBeUndefined()
    expect(events).toEqual([`suspended: ${error.message}`])
    expect(lines.filter(({ level }) => level === 'CRITICAL')).toMatchObject([{ why: error.message }])
    await start('run2')
    await until('running', 'run2')
    expect(events.at(-1)).toBe('history of run1 is closed')
    await stop()
  })

  it('goes on with the same run when the record at which it is suspended is skipped, and with no other', async () => {
    const place = { topic: topics.intents.name, partition: 0, offset: 7 }
    const refusal = { code: 'bad_record', detail: 'Expected 9 bytes, was 8' }
    const built = hostedRun('run1', [])
    const unreadable: string[] = []
    let isFirst = true
    const { service, start, until, stop } = serving({
      onUnreadable: (why) => unreadable.push(why),
      async host() {
        if (!isFirst) return built.hosted
        isFirst = false
        throw new UnreadableRecordError(place, 'strategy-plane', refusal)
      },
    })
    await start('run1')
    await until('suspended', 'run1')
    expect(service.status).toMatchObject({ at: place, why: unreadable[0] })
    expect(service.whyNotSkip({ ...place, offset: 8 })).toContain('strategy.intents.v2, partition 0, offset 7')
    expect(service.whyNotSkip(place)).toBeUndefined()
    service.skip({ ...place, who: 'ada', why: 'seen' })
    await until('running', 'run1')
    expect(service.whyNotSkip(place)).toBeUndefined()
    await stop()
  })

  it('can be stopped while it is suspended', async () => {
    const { start, until, stop, events } = serving({ host: () => Promise.reject(new PlaneSuspendedError('lost')) })
    await start('run1')
    await until('suspended')
    await stop()
    expect(events).toEqual(['suspended: lost', 'history of run1 is closed'])
  })

  it.each([
    {
      name: 'other venues',
      of: { name: 'strategy-plane', stage: 'strategy' },
      run: { venues: ['kraken'] },
      path: 'TRIPLANE_VENUES',
      expected: 'kraken, the venues',
    },
    {
      name: 'more venues',
      of: { name: 'strategy-plane', stage: 'strategy' },
      run: { venues: ['sim', 'kraken'] },
      path: 'TRIPLANE_VENUES',
      expected: 'sim,kraken',
    },
    {
      name: 'other data planes',
      of: { name: 'data-plane.c', stage: 'data' },
      run: {
        venues: ['sim', 'kraken'],
        dataPlanes: [
          { instance: 'a', venues: ['sim'] },
          { instance: 'b', venues: ['kraken'] },
        ],
      },
      path: 'TRIPLANE_PLANE_INSTANCE',
      expected: 'data-plane.a or data-plane.b',
    },
    {
      name: 'another venue for its data plane',
      of: { name: 'data-plane.b', stage: 'data' },
      run: {
        venues: ['sim', 'kraken'],
        dataPlanes: [
          { instance: 'a', venues: ['sim'] },
          { instance: 'b', venues: ['kraken'] },
        ],
      },
      path: 'TRIPLANE_VENUES',
      expected: 'kraken, the venues',
    },
  ] as const)('refuses a run with $name, and says which setting does not fit', async ({ of, run, path, expected }) => {
    const { start, ended, contexts } = serving(of)
    await start('run1', { ...run, venues: [...run.venues] } as Partial<NewRun>)
    const error: unknown = await ended.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toContain(path)
    expect((error as Error).message).toContain(expected)
    expect(contexts).toEqual([])
  })

  it('waits for another run where it is the order plane, which starts runs, and starts one when it is told to', async () => {
    const { start, until, stop, contexts, service } = serving({ name: 'order-plane', stage: 'order' })
    await start('run1', { venues: ['kraken'] })
    await until('waiting for a run')
    while (service.status.why === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(service.status.why).toContain('kraken, the venues of the current run run1')
    expect((await service.runs.current())?.runId).toBe('run1')
    const run = await service.runs.start({ runId: 'run2', mode: 'live', venues: ['sim'] }, 'ada')
    expect(run).toMatchObject({ runId: 'run2', account: 'sim-run2', who: 'ada' })
    await until('running')
    expect(contexts.map((context) => context.run.runId)).toEqual(['run2'])
    await stop()
  })

  it('stores and counts the dead letters of its edge', async () => {
    const { start, until, stop, contexts, events } = serving()
    await start('run1')
    await until('running')
    const [record] = await readAll(contexts[0]?.bus as RunContext['bus'], topics.runs)
    contexts[0]?.edge.deadLetter({
      record: record as NonNullable<typeof record>,
      stage: 'decode',
      refusal: { code: 'not_json', detail: 'Expected JSON, was ""' },
    })
    expect(events.slice(1)).toEqual(['history of run1 takes deadLetter of order-plane.edge', 'dead letter not_json'])
    await stop()
  })

  describe('beats', () => {
    beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance'] }))
    afterEach(() => void jest.useRealTimers())

    async function beatsOf(stage: 'data' | 'order') {
      const serves = serving({ stage, name: `${stage}-plane` })
      await serves.start('run1')
      await serves.until('running')
      return {
        ...serves,
        async pass(seconds: number) {
          for (let i = 0; i < seconds; i++) {
            serves.time.us += 1_000_000
            await jest.advanceTimersByTimeAsync(1000)
          }
        },
        beats: async () =>
          (await readAll(serves.bus, topics.heartbeats)).flatMap(
            ({ events }) => JSON.parse(events.toString()) as Heartbeat[],
          ),
      }
    }

    it('each second as a source does, with the time of each', async () => {
      const { pass, beats, stop, events } = await beatsOf('data')
      await pass(3)
      expect(await beats()).toMatchObject(
        [1, 2, 3].map((second) => ({
          stage: 'data',
          originUs: testStartUs + second * 1_000_000,
          effectUs: testStartUs,
        })),
      )
      expect(events.filter((line) => line.startsWith('origin'))).toEqual([
        'origin 1000000',
        'origin 2000000',
        'origin 3000000',
      ])
      await stop()
    })

    it('in place of those that it has forwarded, when no more come', async () => {
      const { pass, beats, stop, contexts, events } = await beatsOf('order')
      await pass(1)
      contexts[0]?.edge.forward(aHeartbeat({ originUs: 7 }))
      await pass(1)
      expect((await beats()).map(({ originUs }) => originUs)).toEqual([0, 7, 7])
      expect(events.filter((line) => line.startsWith('origin'))).toEqual([])
      await stop()
    })

    it('no more on a bus that is broken: what is thrown at that would hide why', async () => {
      const { pass, beats, breakBus, ended } = await beatsOf('order')
      await pass(1)
      expect(await beats()).toHaveLength(1)
      breakBus(new Error('sequence lost'))
      await expect(ended).rejects.toThrow('sequence lost')
      await pass(3)
    })

    it('no more once it is suspended', async () => {
      const { pass, beats, fails, until } = await beatsOf('order')
      await pass(1)
      fails[0]?.(new PlaneSuspendedError('lost'))
      await until('suspended')
      await pass(3)
      expect(await beats()).toHaveLength(1)
    })
  })
})

/** What lies on a topic. */
async function readAll(bus: RunContext['bus'], topic: Parameters<RunContext['bus']['partitionsOf']>[0]) {
  const reader = bus.consumer({ group: `reader-${Math.random()}`, topics: [topic], from: 'earliest' })
  const records = reader.take()
  await reader.close()
  return records
}
