import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Deferred } from '@triplane/async'
import { topics, type Event, type Signal, type Trade } from '@triplane/contracts'
import { ok, systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import { createMemoryBus, type Bus, type Consumer } from '@triplane/messaging'
import { aHeartbeat, anOperatorCommand, aRun, aTrade, testStartUs } from '@triplane/testing'
import { InputLog } from '../log/input-log.ts'
import { InputLogError } from '../log/log-segment.ts'
import type { LoggedTurn } from '../log/turn.ts'
import { Snapshots } from '../log/snapshots.ts'
import { systemDisk } from '@triplane/storage'
import { createStateCodec } from '../log/state-codec.ts'
import { echoInputSchema, echoPlane, echoSchema, type EchoInput, type EchoState } from '../../test/echo-plane.ts'
import { Edge } from './edge.ts'
import { reserveSequences } from './edge-sequences.ts'
import type { Judge } from './judge.ts'
import { hostStateSchema, type HostState } from './host-state.ts'
import { PlaneHost } from './plane-host.ts'
import { PlaneOutput } from './plane-output.ts'
import { readingFrom } from './reading.ts'

/** A log on a disk that is full for a while. */
class FullLog extends InputLog {
  isFull = false

  #check(): void {
    if (this.isFull) throw new InputLogError('unwritable', 'Expected room on the disk, was none')
  }

  override begin(afterTurn: number): void {
    this.#check()
    super.begin(afterTurn)
  }

  override append(turn: LoggedTurn): void {
    this.#check()
    super.append(turn)
  }
}

/** Snapshots in a folder whose disk is full. */
class FullSnapshots extends Snapshots<HostState<EchoInput, EchoState>> {
  override save(): Promise<void> {
    return Promise.reject(new Error('Expected room on the disk, was none'))
  }
}

const codec = createStateCodec(hostStateSchema(echoSchema, echoInputSchema), {
  configurationDigest: 'one',
  commit: 'none',
})

const rethrow = (fault: unknown) => {
  throw fault
}

const run = aRun({ mode: 'live', positions: [] })

/** A host with its folder, on a bus that others use too. */
function open(
  bus: Bus,
  folder: string,
  group = 'echo',
  snapshots = new Snapshots(folder, codec),
  disk = systemDisk,
  rehearse?: () => void,
  judges: readonly Judge[] = [],
  clock: Clock = systemClock,
) {
  const saved = snapshots.newest()
  const { plane, heard, agenda } = echoPlane(saved?.state.core)
  const producer = bus.producer({ name: 'echo', runId: run.runId })
  const output = new PlaneOutput<Signal>(
    { name: 'echo', producer, account: run.account, marked: [], observe: () => undefined },
    saved?.state.output,
  )
  const faults: string[] = []
  const letters: string[] = []
  const pauses: string[] = []
  const unheard: string[] = []
  const log = new FullLog(folder, { runId: run.runId, plane: 'echo', configDigest: 'one', commit: 'none' }, disk)
  const positions = readingFrom(plane.topics, run, saved?.state.positions)
  const consumer = bus.consumer({ group, topics: plane.topics, from: positions })
  const host = new PlaneHost<EchoInput, Signal, readonly Event[]>({
    plane,
    run,
    consumer,
    positions,
    output,
    gated: [],
    market: [{ topic: topics.market, partition: 0 }],
    leadUs: 0,
    log,
    snapshots,
    saved,
    snapshotEveryMs: 3_600_000,
    decode: (record) => ok(record.events),
    judges,
    aheadUs: 5 * US_PER_SECOND,
    deadLetter: ({ record, stage, refusal }) => letters.push(`${record.offset} ${stage} ${refusal.code}`),
    rehearse,
    onHeartbeat: () => undefined,
    onLogFault: (fault) => fault && faults.push(fault.code),
    onSnapshotFault: (fault) => faults.push(String(fault)),
    askEnds: () => bus.endOf([topics.market]),
    onPause: (what) => pauses.push(what),
    onUnheard: (producers) => unheard.push(...producers),
    clock,
  })
  return { host, heard, agenda, output, faults, letters, pauses, unheard, consumer, log }
}

async function echoes(reader: Consumer, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count) {
    await reader.arrived()
    for (const { events } of reader.take())
      for (const event of events) if (event.type === 'signal') ids.push(Number(event.strategy))
  }
  return ids
}

describe('a hosted plane', () => {
  let folder: string
  let bus: Bus
  let reader: Consumer
  let sender: ReturnType<Bus['producer']>
  let seq = 0
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'triplane-host-'))
    bus = createMemoryBus({ nowUs: () => testStartUs })
    reader = bus.consumer({ group: 'reader', topics: [topics.signals], from: 'earliest' })
    sender = bus.producer({ name: 'market', runId: run.runId })
    seq = 0
  })
  afterEach(async () => {
    await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const send = (tradeId: number, fields: Partial<Trade> = {}) =>
    sender.send(topics.market, 'BTC/USDT', [
      aTrade({ seq: ++seq, tradeId, tsRecvUs: testStartUs + tradeId, ...fields }),
    ])

  it('rehearses once it has handled what came and waits', async () => {
    const heardAtRehearsal = await new Promise<readonly number[]>((resolve) => {
      const { host, heard } = open(bus, folder, 'echo', undefined, undefined, () => {
        if (heard.length === 0) return
        host.stop()
        void running.then(() => resolve(heard))
      })
      const running = host.run()
      send(1)
      send(2)
    })
    expect(heardAtRehearsal).toEqual([1, 2])
  })

  it('does once what is delivered twice, and passes over what other runs sent', async () => {
    const { host, heard } = open(bus, folder)
    const running = host.run()
    send(1)
    send(2)
    seq = 0
    send(1)
    send(2)
    bus.producer({ name: 'market', runId: 'other' }).send(topics.market, 'BTC/USDT', [aTrade({ seq: 9, tradeId: 9 })])
    send(3)
    expect(await echoes(reader, 3)).toEqual([1, 2, 3])
    host.stop()
    await running
    expect(heard).toEqual([1, 2, 3])
    expect(host.counts).toEqual({ duplicates: 2, foreign: 1 })
  })

  it('emits again, with the same sequences, what the input log holds behind the snapshot', async () => {
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    first.host.inject('ada', anOperatorCommand({ effectUs: 0 }))
    expect(await echoes(reader, 1)).toEqual([0])
    // As a kill would end it: no snapshot, no flush.
    await first.consumer.close()
    await running.catch(() => undefined)

    const second = open(bus, folder, 'second')
    const again = second.host.run()
    send(2)
    expect(await echoes(reader, 3)).toEqual([1, 0, 2])
    second.host.stop()
    await again
    expect(second.heard).toEqual([1, 0, 2])

    const third = open(bus, folder, 'third')
    expect(third.heard).toEqual([1, 0, 2])
    const end = third.host.run()
    third.host.stop()
    await end
  })

  it('knows the copies of its own commands after a restart, in whatever order they come', async () => {
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const halt = anOperatorCommand({ seq: 10, effectUs: 0, command: 'halt' })
    const resume = anOperatorCommand({ seq: 11, effectUs: 0, command: 'resume' })
    const name = 'order-plane.edge'
    for (const command of [halt, resume]) first.host.inject(name, command)
    expect(await echoes(reader, 2)).toEqual([0, 0])
    // As a kill would end it: no snapshot, no flush.
    await first.consumer.close()
    await running.catch(() => undefined)

    const edge = bus.producer({ name, runId: run.runId })
    edge.send(topics.commands, run.account, [resume])
    edge.send(topics.halts, run.account, [halt])
    const second = open(bus, folder, 'second')
    const again = second.host.run()
    send(2)
    expect(await echoes(reader, 4)).toEqual([1, 0, 0, 2])
    second.host.stop()
    await again
    expect([second.heard, second.host.counts.duplicates]).toEqual([[1, 0, 0, 2], 2])
  })

  it('hears of its own commands once, and says when another’s are dropped for a forged sequence', async () => {
    const { host, unheard } = open(bus, folder, 'first')
    const running = host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const name = 'order-plane.edge'
    const edge = bus.producer({ name, runId: run.runId })
    const resumeAt = (seq: number, second: number) =>
      anOperatorCommand({ seq, effectUs: second * US_PER_SECOND, command: 'resume' })
    for (const second of [10, 20, 30, 40]) {
      host.inject(name, resumeAt(second, second))
      edge.send(topics.commands, run.account, [resumeAt(second, second)])
    }
    expect(await echoes(reader, 4)).toEqual([0, 0, 0, 0])
    send(2)
    expect(await echoes(reader, 1)).toEqual([2])
    expect(unheard).toEqual([])
    edge.send(topics.commands, run.account, [resumeAt(1000, 50)])
    for (const second of [60, 70, 80]) edge.send(topics.commands, run.account, [resumeAt(second, second)])
    send(3)
    await echoes(reader, 2)
    send(4)
    await echoes(reader, 1)
    host.stop()
    await running
    expect(unheard).toEqual([`${name} on ${topics.commands.name}`])
  })

  it('repeats market data that it was given from outside, knows it again, and goes no further by it', async () => {
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const boundUs = first.host.boundUs
    const late = [7, 8].map((seq) => aTrade({ seq, tradeId: String(seq), tsRecvUs: testStartUs - US_PER_SECOND }))
    first.host.inject('redrive/0/12', ...late)
    expect([await echoes(reader, 2), first.host.boundUs]).toEqual([[7, 8], boundUs])
    // As a kill would end it: no snapshot, no flush.
    await first.consumer.close()
    await running.catch(() => undefined)

    const second = open(bus, folder, 'second')
    const again = second.host.run()
    expect(await echoes(reader, 3)).toEqual([1, 7, 8])
    expect(second.host.marks.of('redrive/0/12', topics.market.name, 'redrive/0/12')).toBe(8)
    second.host.stop()
    await again
  })

  it('refuses a record once, says so once, and refuses it again in a turn that is repeated, whatever a judge would say by then', async () => {
    const asked: number[] = []
    const judging = (code: 'wrong_topic' | undefined): Judge =>
      function judge({ offset }, events) {
        const [trade] = events as readonly Trade[]
        if (trade?.type !== 'trade') return undefined
        asked.push(offset)
        return code && trade.tradeId === 2 ? { code, detail: 'Expected another, was 2' } : undefined
      }
    const first = open(bus, folder, 'first', undefined, undefined, undefined, [judging('wrong_topic')])
    const running = first.host.run()
    for (const id of [1, 2, 3]) send(id)
    expect(await echoes(reader, 2)).toEqual([1, 3])
    expect(first.letters).toEqual(['1 handle wrong_topic'])
    const hash = first.output.digest()
    // As a kill would end it: no snapshot, no flush.
    await first.consumer.close()
    await running.catch(() => undefined)

    const second = open(bus, folder, 'second', undefined, undefined, undefined, [judging(undefined)])
    const again = second.host.run()
    expect(await echoes(reader, 2)).toEqual([1, 3])
    expect([second.heard, second.output.digest(), second.letters]).toEqual([[1, 3], hash, []])
    expect(asked).toEqual([0, 1, 2])
    send(4)
    expect(await echoes(reader, 1)).toEqual([4])
    expect(asked).toEqual([0, 1, 2, 3])
    second.host.stop()
    await again
  })

  it('that was paused makes no tick of it, reads what it missed in order of time, and goes on by its clock', async () => {
    let asleepUs = 0
    const clock = {
      nowUs: () => systemClock.nowUs() + asleepUs,
      monotonicUs: () => systemClock.monotonicUs() + asleepUs,
    }
    const first = open(bus, folder, 'first', undefined, undefined, undefined, [], clock)
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const { endOf } = bus
    const ends = new Deferred()
    bus.endOf = (asked) => ends.promise.then(() => endOf.call(bus, asked))
    asleepUs = 600 * US_PER_SECOND
    // Before the host looks at its clocks: nothing that comes in by another way makes it pass the pause.
    first.host.inject('ada', anOperatorCommand({ effectUs: testStartUs }))
    expect(first.pauses).toEqual(['paused'])
    expect(await echoes(reader, 1)).toEqual([0])
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(first.host.boundUs).toBe(testStartUs + 1)
    const beats = bus.producer({ name: 'data-plane.edge', runId: run.runId })
    const effectUs = testStartUs + 400 * US_PER_SECOND
    beats.send(topics.heartbeats, 'data', [aHeartbeat({ seq: 1, stage: 'data', effectUs })])
    for (let i = 2; i <= 300; i++) send(i, { tsRecvUs: testStartUs + i * US_PER_SECOND })
    expect(await echoes(reader, 299)).toEqual(Array.from({ length: 299 }, (_, i) => i + 2))
    expect([first.host.boundUs, first.pauses]).toEqual([testStartUs + 300 * US_PER_SECOND, ['paused']])
    ends.resolve()
    while (first.pauses.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(first.host.boundUs).toBe(effectUs)
    // The feed is silent: market time goes on with the clock from there.
    while (first.host.boundUs === effectUs) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(first.host.boundUs - effectUs).toBeLessThan(60 * US_PER_SECOND)
    await first.consumer.close()
    await running.catch(() => undefined)

    const second = open(bus, folder, 'second')
    const again = second.host.run()
    await echoes(reader, 301)
    second.host.stop()
    await again
    expect([second.heard, second.pauses, second.output.digest()]).toEqual([first.heard, [], first.output.digest()])
  })

  it('reads what it missed in order of time: a heartbeat of now does not pass the trades that still wait', async () => {
    const secondUs = US_PER_SECOND
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    first.host.stop()
    await running
    await first.consumer.close()

    // While it is away: a minute of trades, more than a turn takes, and what is sent less often has its newest first.
    const beats = bus.producer({ name: 'data-plane.edge', runId: run.runId })
    const beat = aHeartbeat({ seq: 1, stage: 'data', effectUs: testStartUs + 60 * secondUs })
    beats.send(topics.heartbeats, 'data', [beat])
    for (let i = 2; i <= 601; i++) send(i, { tsRecvUs: testStartUs + i * 100_000 })
    const second = open(bus, folder, 'second')
    /** Timers that were handled before each trade: one a second of market time. */
    const timers: number[] = []
    const { push } = second.heard
    second.heard.push = (...ids) => {
      timers.push(second.agenda.timers)
      return push.apply(second.heard, ids)
    }
    const again = second.host.run()
    await echoes(reader, 600)
    expect(timers).toEqual(Array.from({ length: 600 }, (_, i) => Math.floor(((i + 2) * 100_000 - 2) / secondUs)))
    while (second.host.boundUs < beat.effectUs) await new Promise((resolve) => setTimeout(resolve, 5))
    await second.consumer.close()
    await again.catch(() => undefined)

    // What it did is done again as it was: the turns that were held back too.
    const third = open(bus, folder, 'third')
    const end = third.host.run()
    expect(await echoes(reader, 600)).toEqual(second.heard.slice(1))
    third.host.stop()
    await end
    expect([[...third.heard], third.agenda]).toEqual([[...second.heard], second.agenda])
  })

  it('handles a weekend without an event turn by turn, can be stopped in it, and goes on where it was', async () => {
    const weekendS = 60 * 3600
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    send(2, { tsRecvUs: testStartUs + 1 + weekendS * US_PER_SECOND })
    send(3, { tsRecvUs: testStartUs + 2 + weekendS * US_PER_SECOND })
    /** Timers that were handled between two turns of the event loop. */
    const runs: number[] = []
    const watch = async ({ agenda }: typeof first, isOver: () => boolean) => {
      while (!isOver()) {
        const before = agenda.timers
        await new Promise((resolve) => setImmediate(resolve))
        runs.push(agenda.timers - before)
      }
    }
    await watch(first, () => first.agenda.timers > 10_000)
    first.host.stop()
    await running
    expect(first.heard).toEqual([1])
    expect(first.agenda.timers).toBeLessThan(12_000)

    const second = open(bus, folder, 'second')
    const again = second.host.run()
    await watch(second, () => second.heard.length === 3)
    second.host.stop()
    await again
    expect([second.heard, second.agenda.timers]).toEqual([[1, 2, 3], weekendS])
    expect(Math.max(...runs)).toBeLessThanOrEqual(601)
  })

  it('does the turns of a weekend again as they were', async () => {
    const weekendUs = 60 * 3600 * US_PER_SECOND
    const first = open(bus, folder, 'first')
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    send(2, { tsRecvUs: testStartUs + weekendUs })
    expect(await echoes(reader, 1)).toEqual([2])
    // As a kill would end it: no snapshot, no flush.
    await first.consumer.close()
    await running.catch(() => undefined)
    const second = open(bus, folder, 'second')
    const again = second.host.run()
    expect(await echoes(reader, 2)).toEqual([1, 2])
    expect([second.agenda, second.host.boundUs]).toEqual([first.agenda, testStartUs + weekendUs])
    second.host.stop()
    await again
  })

  it('hears the edge of a process that was started again after the clock had stepped back, each command once', async () => {
    const { host, heard } = open(bus, folder)
    const running = host.run()
    const name = 'order-plane.edge'
    const startAt = (nowUs: number) => {
      const clock = { nowUs: () => nowUs, monotonicUs: () => 0 }
      const { lastSeq, use } = reserveSequences(join(folder, 'order-plane'), nowUs, rethrow)
      const producer = bus.producer({ name, runId: run.runId })
      return new Edge({ name, stage: 'order', producer, run, lastSeq, onSequence: use, clock })
    }
    const command = (edge: Edge) => {
      const event = anOperatorCommand({ effectUs: 0, seq: edge.nextSeq() })
      edge.control(event)
      return event
    }
    const first = startAt(testStartUs)
    first.control(command(first))
    command(first)
    const second = startAt(testStartUs - 3_600_000_000)
    second.control(command(second))
    expect(await echoes(reader, 3)).toEqual([0, 0, 0])
    host.stop()
    await running
    expect(heard).toEqual([0, 0, 0])
    expect(host.counts.duplicates).toBe(2)
  })

  it('lets market time go on by the clock when no market is heard, though others go on talking', async () => {
    const { host, heard } = open(bus, folder)
    const running = host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const others = bus.producer({ name: 'order-plane.edge', runId: run.runId })
    let beat = 0
    const talking = setInterval(() => {
      others.send(topics.heartbeats, 'order', [aHeartbeat({ seq: ++beat, stage: 'order', effectUs: host.boundUs + 1 })])
    }, 50)
    while (host.boundUs <= testStartUs + 100) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(beat).toBeGreaterThan(5)
    const boundUs = host.boundUs
    while (host.boundUs < boundUs + 500_000) await new Promise((resolve) => setTimeout(resolve, 20))
    clearInterval(talking)

    // The market is back, at a time that the clock has not passed: it is what counts again.
    send(60_000_000)
    expect(await echoes(reader, 1)).toEqual([60_000_000])
    expect(host.boundUs).toBe(testStartUs + 60_000_000)
    host.stop()
    await running
    expect(heard).toEqual([1, 60_000_000])
  })

  it('sends nothing and takes nothing while the log cannot be written, obeys a command at once, and goes on after', async () => {
    const { host, heard, faults, log } = open(bus, folder)
    log.isFull = true
    const running = host.run()
    host.inject('ada', anOperatorCommand({ effectUs: 0 }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (heard.length === 0) host.inject('ada', anOperatorCommand({ effectUs: 0 }))
    expect(heard).toContain(0)
    send(1)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(heard).not.toContain(1)
    expect(faults).toContain('unwritable')
    expect(reader.take()).toEqual([])
    log.isFull = false
    expect((await echoes(reader, 2)).sort()).toEqual([0, 1])
    host.stop()
    await running
  })

  it('sends nothing any more and ends when a sync of the log has failed, though a command still takes effect', async () => {
    let fails = false
    const disk = {
      ...systemDisk,
      sync: (file: number) => (fails ? Promise.reject(new Error('EIO')) : systemDisk.sync(file)),
    }
    const { host, heard, faults, log } = open(bus, folder, 'echo', new Snapshots(folder, codec), disk)
    const running = host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    const ended = expect(running).rejects.toMatchObject({ name: 'InputLogError', code: 'unsynced', retryable: false })
    fails = true
    send(2)
    expect(await echoes(reader, 1)).toEqual([2])
    while (log.fault === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    host.inject('ada', anOperatorCommand({ effectUs: 0 }))
    send(3)
    expect(heard).toContain(0)
    await ended
    expect(faults).toContain('unsynced')
    expect(reader.take()).toEqual([])
  })

  it('goes on without a snapshot that cannot be written: the next start has more to do again', async () => {
    const first = open(bus, folder, 'first', new FullSnapshots(folder, codec))
    const running = first.host.run()
    send(1)
    expect(await echoes(reader, 1)).toEqual([1])
    first.host.stop()
    await running
    expect(first.faults).toEqual(['Error: Expected room on the disk, was none'])
    await first.consumer.close()

    const second = open(bus, folder, 'second')
    const again = second.host.run()
    send(2)
    expect(await echoes(reader, 2)).toEqual([1, 2])
    second.host.stop()
    await again
    expect(second.faults).toEqual([])
  })
})
