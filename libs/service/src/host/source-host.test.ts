import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { field, Outbox, stateSchema, topics, type Quote, type StateOf } from '@triplane/contracts'
import { systemClock, US_PER_MINUTE } from '@triplane/kernel'
import { createMemoryBus, type Bus } from '@triplane/messaging'
import { aQuote, aRun, testStartUs } from '@triplane/testing'
import { Snapshots } from '../log/snapshots.ts'
import { createStateCodec } from '../log/state-codec.ts'
import { PlaneOutput } from './plane-output.ts'
import { SourceHost, sourceStateSchema, type SourceItem, type SourceHostOptions } from './source-host.ts'

const coreSchema = stateSchema({ seq: field.count, nowUs: field.timeUs, dueUs: field.timeUs, accepted: field.count })
type CoreState = StateOf<typeof coreSchema>
const feedSchema = stateSchema({ next: field.count })
const codec = createStateCodec(sourceStateSchema(coreSchema, feedSchema), {
  configurationDigest: 'one',
  commit: 'none',
})

/** Puts out a quote for each item, with its time, and one for each timer, which is due every `timerUs` from the first item on. */
function quotingCore(timerUs: number, saved?: CoreState) {
  const state = { nowUs: 0, dueUs: 0, accepted: 0, ...saved }
  const outbox = new Outbox<Quote>(saved?.seq)
  const quote = (tsRecvUs: number, ask: number) => outbox.add(aQuote({ tsRecvUs, ask }))
  return {
    outbox,
    get nowUs() {
      return state.nowUs
    },
    get accepted() {
      return state.accepted
    },
    accept({ tsRecvUs }: SourceItem) {
      if (state.nowUs > 0) this.advance(tsRecvUs - 1)
      state.nowUs = Math.max(state.nowUs, tsRecvUs)
      state.dueUs ||= tsRecvUs + timerUs
      state.accepted++
      quote(state.nowUs, 1)
    },
    advance(throughUs: number) {
      for (; state.dueUs > 0 && state.dueUs <= throughUs; state.dueUs += timerUs) quote(state.dueUs, 2)
      if (state.nowUs > 0) state.nowUs = Math.max(state.nowUs, throughUs)
    },
    snapshot: () => ({ seq: outbox.lastSeq, nowUs: state.nowUs, dueUs: state.dueUs, accepted: state.accepted }),
  }
}

const frame = (us: number): SourceItem => ({ type: 'frame', tsRecvUs: testStartUs + us })
const time = (us: number): SourceItem => ({ type: 'time', tsRecvUs: testStartUs + us })

/** A feed of these batches, of which the items that were taken before are left out; `before` is called before each. */
async function* feed(
  batches: readonly (readonly SourceItem[])[],
  taken: number,
  before?: (batch: number) => void | Promise<void>,
) {
  let items = 0
  for (const [i, batch] of batches.entries()) {
    await before?.(i)
    const left = batch.filter(({ type }) => type === 'time' || ++items > taken)
    if (left.length > 0) yield left
  }
}

describe('a hosted source', () => {
  let folder: string
  let bus: Bus
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'triplane-source-'))
    bus = createMemoryBus({ nowUs: () => testStartUs })
  })
  afterEach(async () => {
    await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })

  interface Given extends Partial<Pick<SourceHostOptions<SourceItem, Quote>, 'endUs' | 'snapshotEveryMs'>> {
    readonly batches: readonly (readonly SourceItem[])[]
    readonly mode?: 'live' | 'lockstep'
    readonly before?: (batch: number) => void | Promise<void>
    readonly on?: Bus
    readonly timerUs?: number
  }

  /** A host of the source, made from what the one before left. */
  function open({ batches, mode = 'live', before, on = bus, timerUs = 100, ...more }: Given) {
    const snapshots = new Snapshots(folder, codec)
    const saved = snapshots.newest()
    const core = quotingCore(timerUs, saved?.state.core)
    const run = aRun({ mode, positions: [] })
    const producer = on.producer({ name: 'data-plane', runId: run.runId })
    const output = new PlaneOutput<Quote>(
      {
        name: 'data-plane',
        producer,
        account: run.account,
        marked: mode === 'lockstep' ? [topics.market] : [],
        observe: () => undefined,
      },
      saved?.state.output,
    )
    const faults: string[] = []
    const host = new SourceHost<SourceItem, Quote>({
      core,
      run,
      batches: feed(batches, saved?.state.items ?? 0, before),
      startUs: testStartUs,
      feedState: () => ({ next: core.accepted }),
      output,
      snapshots,
      saved,
      snapshotEveryMs: 3_600_000,
      onSnapshotFault: (fault) => faults.push(String(fault)),
      onBatch: () => undefined,
      clock: systemClock,
      ...more,
    })
    return { host, core, output, faults }
  }

  /** What was published: times of quotes since the start of the run, and promises. */
  function published(of = bus): string[] {
    const reader = of.consumer({ group: `reader-${Math.random()}`, topics: [topics.market], from: 'earliest' })
    return reader.take().flatMap(({ events, watermark }) => {
      if (watermark) return `mark ${watermark.throughUs - testStartUs}${watermark.final ? ' final' : ''}`
      return events.map((event) => {
        const { tsRecvUs, ask, seq } = event as Quote
        return `${seq} ${ask === 2 ? 'timer' : 'item'} ${tsRecvUs - testStartUs}`
      })
    })
  }

  it('puts out what its items and timers cause up to the end of the run, which may be behind its feed', async () => {
    const { host, output } = open({ batches: [[frame(10), frame(20)], [frame(150)]], endUs: testStartUs + 311 })
    await host.run(() => false)
    expect(published()).toEqual(['1 item 10', '2 item 20', '3 timer 110', '4 item 150', '5 timer 210', '6 timer 310'])
    expect([host.isFinal, host.items, output.counts()]).toEqual([true, 3, { quote: 6 }])
  })

  it('ends with its feed where the run has no end of its own, and counts no time as an item', async () => {
    const { host } = open({ batches: [[frame(10)], [time(111)], [time(230)]] })
    await host.run(() => false)
    expect(published()).toEqual(['1 item 10', '2 timer 110', '3 timer 210'])
    expect([host.isFinal, host.items]).toEqual([true, 1])
  })

  it('promises in lockstep what is complete: before the run, after each batch, and for good at the end', async () => {
    const { host } = open({ batches: [[frame(10)], [frame(150)]], endUs: testStartUs + 200, mode: 'lockstep' })
    await host.run(() => false)
    expect(published()).toEqual([
      'mark -1',
      '1 item 10',
      'mark 9',
      '2 timer 110',
      '3 item 150',
      'mark 149',
      'mark 199 final',
    ])
  })

  it('rejects with the fault of its feed; what came before is published, and nothing is promised for good', async () => {
    const fault = new Error('Expected a whole line, was torn')
    const fail = (batch: number) => {
      if (batch === 1) throw fault
    }
    const { host } = open({ batches: [[frame(10)], [frame(20)]], mode: 'lockstep', before: fail })
    await expect(host.run(() => false)).rejects.toBe(fault)
    expect(published()).toEqual(['mark -1', '1 item 10', 'mark 9'])
    expect([host.isFinal, new Snapshots(folder, codec).newest()]).toEqual([false, undefined])
  })

  it('goes on where it was stopped, item by item, to the hash of a run that was not', async () => {
    const batches = Array.from({ length: 20 }, (_, i) => [frame(i * 70), frame(i * 70), time(i * 70 + 31)])
    const whole = createMemoryBus({ nowUs: () => testStartUs })
    const unbroken = open({ batches, on: whole })
    await unbroken.host.run(() => false)
    rmSync(folder, { recursive: true })

    let digest = ''
    for (const [life, lastBatch] of [3, 9, 20].entries()) {
      const { host, output, core } = open({ batches: batches.slice(0, lastBatch) })
      await host.run(() => lastBatch < 20)
      expect([host.isFinal, host.items, core.accepted]).toEqual([life === 2, lastBatch * 2, lastBatch * 2])
      digest = output.digest()
    }
    expect(digest).toBe(unbroken.output.digest())
    expect(published()).toEqual(published(whole))
    await whole.close()
  })

  it('handles a long silence step by step, and leaves what is behind it for the next life when it is stopped there', async () => {
    const behind = 4 * 60 * US_PER_MINUTE
    const batches = [[frame(10)], [frame(behind), frame(behind + 1)]]
    let asked = 0
    const first = open({ batches, timerUs: US_PER_MINUTE })
    await first.host.run(() => ++asked > 3)
    expect(first.host.items).toBe(1)
    expect(first.core.nowUs - testStartUs).toBe(10 + 3 * 10 * US_PER_MINUTE - 1)
    expect(first.host.isFinal).toBe(false)

    const second = open({ batches, timerUs: US_PER_MINUTE })
    await second.host.run(() => false)
    expect([second.host.items, second.core.nowUs - testStartUs]).toEqual([3, behind + 1])
    expect(second.output.counts()).toEqual({ quote: 3 + 239 })
  })

  it.each([
    {
      name: 'a feed',
      batches: Array.from({ length: 40 }, (_, i) => [frame(3 * i), frame(3 * i + 1), frame(3 * i + 2)]),
      limit: 8,
    },
    { name: 'a long silence', batches: [[frame(0)], [frame(4 * 60 * US_PER_MINUTE)]], limit: 24 },
  ])('waits for a slow bus in $name before its buffer is full', async ({ batches, limit }) => {
    const slow = createMemoryBus({ nowUs: () => testStartUs, maxUncommittedRecords: 1, maxBufferedRecords: limit })
    const reader = slow.consumer({ group: 'slow', topics: [topics.market], from: 'earliest' })
    const { host, output } = open({ batches, on: slow, timerUs: US_PER_MINUTE })
    let read = 0
    const reading = setInterval(() => {
      read += reader.take().flatMap(({ events }) => events).length
      void reader.commit()
    }, 1)
    await host.run(() => false)
    clearInterval(reading)
    read += reader.take().flatMap(({ events }) => events).length
    expect(read).toBe(output.counts().quote)
    expect(read).toBeGreaterThan(2 * limit)
    await slow.close()
  })

  it('takes snapshots on its way, each with the place that its feed had then', async () => {
    const newest = () => new Snapshots(folder, codec).newest()
    const batches = [[frame(10)], [frame(20), frame(30)]]
    const seen: unknown[] = []
    async function untilSaved(batch: number) {
      while (batch === 1 && newest() === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
      seen.push(newest()?.state)
    }
    await open({ batches, snapshotEveryMs: 0, before: untilSaved }).host.run(() => false)
    expect([...seen, newest()?.state]).toMatchObject([
      ...[undefined, { items: 1, feed: { next: 1 }, output: { counts: { quote: 1 } } }],
      { items: 3, feed: { next: 3 }, output: { counts: { quote: 3 } } },
    ])
  })

  it('goes on without a snapshot that cannot be written, and says so', async () => {
    const { host, faults } = open({ batches: [[frame(10)]] })
    rmSync(folder, { recursive: true })
    await host.run(() => false)
    expect(published()).toEqual(['1 item 10'])
    expect(faults).toEqual([expect.stringContaining('ENOENT')])
    expect(host.isFinal).toBe(true)
  })

  it('lets what it published leave before it counts that and saves its state', async () => {
    const { host, output } = open({ batches: [[frame(1)]], snapshotEveryMs: 0 })
    const order: string[] = []
    const publish = output.publish.bind(output)
    jest.spyOn(output, 'publish').mockImplementation((events) => {
      publish(events)
      setImmediate(() => order.push('left'))
    })
    jest.spyOn(output, 'observe').mockImplementation(() => void order.push('counted'))
    const saved = jest.spyOn(Snapshots.prototype, 'encode')
    saved.mockImplementation((state) => (order.push('saved'), codec.encode(state)))
    await host.run(() => false)
    saved.mockRestore()
    expect(order.slice(0, 2)).toEqual(['left', 'counted'])
    expect(order).toContain('saved')
  })
})
