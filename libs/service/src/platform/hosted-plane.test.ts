import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StateMisfitError, topics, type Run, type Signal } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import type { BusRecord } from '@triplane/messaging'
import { aRun, aTrade, testStartUs } from '@triplane/testing'
import { echoInputSchema, echoPlane, echoSchema, type EchoState } from '../../test/echo-plane.ts'
import { kafkaInMemory } from '../../test/kafka-in-memory.ts'
import { loggedLines } from '../../test/logged-lines.ts'
import { Edge } from '../host/edge.ts'
import { hostPlane, type HostedPlaneOptions } from './hosted-plane.ts'

type Echo = ReturnType<typeof echoPlane>['plane']
type EchoOptions = HostedPlaneOptions<Parameters<Echo['core']['process']>[0], Signal, Echo['core'], EchoState>

/** A trade by which the plane fails. */
const BUG = 13

describe('a plane that is hosted on a run', () => {
  let folder: string
  let bus: ReturnType<typeof kafkaInMemory>
  let seq: number
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'triplane-hosted-'))
    bus = kafkaInMemory()
    seq = 0
  })
  afterEach(async () => {
    await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A life of the plane, and what it did. */
  async function open(more: Partial<Omit<EchoOptions, 'context'>> = {}, of: Partial<Run> = {}) {
    const run = aRun({ mode: 'live', positions: [], ...of })
    const { logger, lines } = loggedLines()
    const events: string[] = []
    const producer = bus.producer({ name: 'echo.edge', runId: run.runId })
    const edge = new Edge({ name: 'echo.edge', stage: 'order', producer, run, lastSeq: 0, clock: systemClock })
    let heard: readonly number[] = []
    const hosted = await hostPlane<Parameters<Echo['core']['process']>[0], Signal, Echo['core'], EchoState>({
      context: { run, bus, edge, folder, history: undefined, latest: undefined, logger, clock: systemClock },
      definition: { stateSchema: echoSchema, inputSchema: echoInputSchema, awaited: [topics.signals] },
      build(saved) {
        const echo = echoPlane(saved)
        heard = echo.heard
        const process = echo.plane.core.process.bind(echo.plane.core)
        echo.plane.core.process = (event) => {
          if (event.type === 'trade' && event.tradeId === BUG) throw new Error('Invariant: no trade is a bug')
          process(event)
        }
        return echo.plane
      },
      leadUs: 0,
      configDigest: 'one',
      snapshotEveryMs: 3_600_000,
      aheadLimitMs: 5000,
      observe: ({ strategy }, isNew) => events.push(`${isNew ? 'new' : 'again'} ${strategy}`),
      afterwards: async () => void events.push('afterwards'),
      ...more,
    })
    return {
      hosted,
      events,
      lines,
      heard: () => heard,
      said: (level: string) => lines.filter((l) => l.level === level),
    }
  }

  const send = (tradeId: number) =>
    bus
      .producer({ name: 'data-plane', runId: aRun().runId })
      .send(topics.market, 'BTC/USDT@sim', [aTrade({ seq: ++seq, tradeId, tsRecvUs: testStartUs + tradeId })])

  /** What has come on the topic so far, at least `count` records. */
  async function read(topic: Parameters<typeof bus.endOf>[0][number], count: number): Promise<BusRecord<Buffer>[]> {
    const reader = bus.consumer({ group: `reader-${Math.random()}`, topics: [topic], from: 'earliest' })
    const records: BusRecord<Buffer>[] = []
    while (records.length < count) {
      await reader.arrived()
      records.push(...reader.take())
    }
    await reader.close()
    return records
  }
  async function echoes(count: number): Promise<string[]> {
    const records = await read(topics.signals, count)
    return records.flatMap(({ events }) => {
      const signals = JSON.parse(events.toString()) as Signal[]
      return signals.map(({ seq: sequence, strategy }) => `${sequence}: ${strategy}`)
    })
  }

  /** Runs until `count` echoes are there in all, then stops in order. */
  async function live({ hosted }: Awaited<ReturnType<typeof open>>, count: number): Promise<void> {
    const running = hosted.run()
    await Promise.race([running, echoes(count)])
    hosted.stop()
    await running
  }

  it('goes on after a restart with the state, the sequences and the hash that it had', async () => {
    send(1)
    const first = await open()
    await live(first, 1)
    expect(first.events).toEqual(['new 1', 'afterwards'])
    send(2)
    const second = await open()
    expect(second.hosted.describe()).toMatchObject({ events: { signal: 1 }, hash: first.hosted.output.digest() })
    await live(second, 2)
    expect(await echoes(2)).toEqual(['1: 1', '2: 2'])
    expect([second.heard(), second.events]).toEqual([
      [1, 2],
      ['new 2', 'afterwards'],
    ])
    expect(second.hosted.marketUs).toBe(testStartUs + 2)
  })

  /** Builds an echo that hears trades, or not, and says what it heard. */
  function hearing(isHeard: boolean) {
    const heard: number[] = []
    const build = (saved?: EchoState) => {
      const { plane } = echoPlane(saved)
      const process = plane.core.process.bind(plane.core)
      plane.core.process = (event) => {
        if (event.type === 'trade') heard.push(Number(event.tradeId))
        process(event)
      }
      return { ...plane, inputTypes: new Set(isHeard ? plane.inputTypes : []) }
    }
    return { build, heard }
  }

  it('that is to hear what it did not hear before hears live what comes from then on', async () => {
    send(1)
    const away = await open({ build: hearing(false).build })
    const running = away.hosted.run()
    while (away.hosted.host.turn === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    away.hosted.stop()
    await running
    const { build, heard } = hearing(true)
    send(2)
    await live(await open({ build }), 1)
    expect(heard).toEqual([2])
  })

  it('that is to hear what it did not hear before hears in lockstep all of it that is not of its past', async () => {
    const run = { mode: 'lockstep' as const }
    const market = bus.producer({ name: 'data-plane', runId: aRun().runId })
    const promise = (us: number) => market.mark([topics.market], { throughUs: testStartUs + us, final: false })
    promise(0)
    for (const tradeId of [1, 2, 3]) send(tradeId)
    promise(1)
    const away = await open({ build: hearing(false).build }, run)
    const running = away.hosted.run()
    while (away.hosted.marketUs < testStartUs + 1) await new Promise((resolve) => setTimeout(resolve, 5))
    away.hosted.stop()
    await running
    send(4)
    promise(4)
    const { build, heard } = hearing(true)
    await live(await open({ build }, run), 3)
    expect(heard).toEqual([2, 3, 4])
  })

  it('does again what no snapshot holds, is not ready before, and calls nothing of it new', async () => {
    for (let turn = 1; turn < 9; turn++) mkdirSync(join(folder, `snapshot-${turn}.json.new`))
    send(1)
    const first = await open()
    await live(first, 1)
    expect(first.said('ERROR')).toMatchObject([{ message: expect.stringContaining('Cannot write a snapshot') }])
    send(2)
    const traced: number[] = []
    const second = await open({
      traceparentOf: ({ strategy }) => {
        traced.push(Number(strategy))
        return undefined
      },
    })
    expect(second.hosted.isReady).toBe(false)
    await live(second, 3)
    expect(await echoes(3)).toEqual(['1: 1', '1: 1', '2: 2'])
    expect([second.events, traced]).toEqual([['again 1', 'new 2', 'afterwards'], [2]])
    expect(second.hosted.isReady).toBe(true)
  })

  it('is suspended when its settings do not fit what it has saved', async () => {
    send(1)
    await live(await open(), 1)
    const build = () => {
      throw new StateMisfitError('Expected the instrument BTC/USDT, was none')
    }
    await expect(open({ build })).rejects.toMatchObject({
      code: 'suspended',
      message: expect.stringMatching(/^Cannot go on with the run: Expected the instrument .* Start a new run/),
    })
    const bug = new TypeError('a bug')
    const fail = () => {
      throw bug
    }
    await expect(open({ build: fail })).rejects.toBe(bug)
  })

  it('is suspended when its folder is lost in a run in which it has spoken, and lets go of the bus all the same', async () => {
    send(1)
    await live(await open(), 1)
    rmSync(folder, { recursive: true })
    const second = await open()
    await expect(second.hosted.run()).rejects.toMatchObject({ code: 'suspended' })
    expect(second.events).toEqual(['afterwards'])
    expect(second.hosted.busStats(testStartUs).filter(({ topic }) => topic === topics.market.name)).toEqual([])
  })

  it('is not started a third time at a turn at which it has failed twice by a bug', async () => {
    send(BUG)
    for (let life = 0; life < 2; life++) await expect((await open()).hosted.run()).rejects.toThrow('no trade is a bug')
    const third = await open()
    await expect(third.hosted.run()).rejects.toMatchObject({
      code: 'suspended',
      message: expect.stringContaining('has failed 2 times at turn 1: Invariant: no trade is a bug'),
    })
    expect(third.events).toEqual(['afterwards'])
  })

  it('may be started as often as the world fails', async () => {
    const fault = Object.assign(new Error('Expected an answer, was none'), { code: 'unavailable', retryable: true })
    for (let life = 0; life < 3; life++)
      await expect((await open({ beforeLive: () => Promise.reject(fault) })).hosted.run()).rejects.toBe(fault)
    send(1)
    const last = await open()
    await live(last, 1)
    expect(last.events).toEqual(['new 1', 'afterwards'])
  })

  it('says once that its input log cannot be written, lets nothing leave, and says when it can again', async () => {
    // A folder lies where the segment would: what was synced before stays synced.
    const segment = join(folder, 'input-0.log')
    async function away() {
      rmSync(segment)
      mkdirSync(segment)
    }
    const plane = await open({ beforeLive: away, snapshotEveryMs: 1 })
    const running = plane.hosted.run()
    while (!plane.hosted.isLogDown) await new Promise((resolve) => setTimeout(resolve, 5))
    send(1)
    while (plane.heard().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(plane.hosted.output.counts()).toEqual({})
    expect(plane.hosted.describe()).toMatchObject({ isLogDown: true })
    rmdirSync(segment)
    expect(await echoes(1)).toEqual(['1: 1'])
    expect(plane.hosted.isLogDown).toBe(false)
    plane.hosted.stop()
    await running
    expect(plane.said('CRITICAL')).toMatchObject([{ message: expect.stringContaining('nothing is sent') }])
    expect(plane.said('WARNING')).toMatchObject([{ message: 'The input log can be written again' }])
  })

  it('makes a dead letter of a record that it cannot read, and goes on', async () => {
    bus.producer({ name: 'somebody', runId: aRun().runId }).send(topics.heartbeats, 'order', [aTrade()])
    send(1)
    await live(await open(), 1)
    const [letter] = await read(topics.deadLetters, 1)
    expect(JSON.parse(letter?.events.toString() ?? '')).toMatchObject([
      { type: 'deadLetter', source: 'somebody', reason: 'wrong_topic', origin: { topic: topics.heartbeats.name } },
    ])
  })

  it('shows records to who asks for them, before the core has them', async () => {
    const shown: string[] = []
    const plane = await open({
      onRecord: ({ producer }, events) => shown.push(`${producer} ${events.length} ${plane.heard().length}`),
    })
    send(1)
    await live(plane, 1)
    expect(shown).toEqual(['data-plane 1 0'])
  })

  it('waits in lockstep for what others promise, promises its own with its lead, and is final when the run is', async () => {
    const plane = await open({ leadUs: 50 }, { mode: 'lockstep' })
    const running = plane.hosted.run()
    const market = bus.producer({ name: 'data-plane', runId: aRun().runId })
    const promise = (us: number, final = false) => market.mark([topics.market], { throughUs: testStartUs + us, final })
    promise(0)
    send(5)
    send(9)
    promise(7)
    expect(await echoes(2)).toEqual(['1: 5'])
    expect(plane.hosted.isFinal).toBe(false)
    promise(20, true)
    const records = await read(topics.signals, 4)
    expect(
      records.map(({ watermark }) =>
        watermark ? `${watermark.throughUs - testStartUs}${watermark.final ? ' final' : ''}` : 'echo',
      ),
    ).toEqual(['echo', '57', 'echo', '70 final'])
    expect(plane.hosted.isFinal).toBe(true)
    plane.hosted.stop()
    await running
  })
})
