import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instrumentsOf, loadInstruments } from '@triplane/config'
import { encodeLine, instanceName, topics, type Event, type Run, type Topic } from '@triplane/contracts'
import { openCaptures, simulatedCheckpointSchema } from '@triplane/feeds'
import { systemClock } from '@triplane/kernel'
import { configuredRates, tradableOf } from '@triplane/instruments'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import { createMemoryBus, type Bus } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { dataPlane, orderPlane, strategyPlane } from '@triplane/planes'
import { createStateCodec, PlaneOutput, Snapshots, SourceHost, sourceStateSchema, startRun } from '@triplane/service'
import { hostStateCodec, runKilledPlane } from '@triplane/testing/hosts'
import { loadStandaloneConfig } from '../src/config.ts'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'
import { asSpot, asUsdm, elsewhere, recorded } from './two-venues-market.ts'

const LEAD_MS = 50
const settings = {
  TRIPLANE_ORDER_MIN_LATENCY_MS: String(LEAD_MS),
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '2000',
}
const dataPlanes = [
  { instance: 'spot', venues: ['binance_spot'] },
  { instance: 'usdm', venues: ['binance_usdm'] },
]
type Instance = (typeof dataPlanes)[number]
type SavedOutput = ConstructorParameters<typeof PlaneOutput>[1]

/** Two data planes, each with its own venue, and their consumer, joined by a bus only. */
describe('two data planes in one run', () => {
  const folder = temporaryFolder()
  let together: Report
  let endUs: number

  beforeAll(async () => {
    writeFileSync(join(folder(), 'instruments.json'), JSON.stringify({ version: 1, instruments: [elsewhere] }))
    writeFileSync(join(folder(), 'spot'), await recorded(3, 'btcusdt', asSpot, 50))
    writeFileSync(join(folder(), 'usdm'), await recorded(8, 'btcusdtx', asUsdm, 50))
    together = await runStandalone(
      [
        ...['--capture', join(folder(), 'spot'), '--capture', join(folder(), 'usdm'), '--speed', 'max'],
        ...['--instruments', join(folder(), 'instruments.json')],
      ],
      join(folder(), 'var'),
      settings,
    )
    endUs = together.run.endTimeUs + 1
  }, 180_000)

  const instrumentsAt = (venues: readonly string[]) =>
    instrumentsOf(venues, loadInstruments([join(folder(), 'instruments.json')]))

  /** Runs the planes to the end of the run; discards each data plane this often on the way, and rebuilds it. */
  async function hosted(name: string, deaths: Readonly<Record<string, number>>) {
    const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, settings)
    const bus = createMemoryBus({
      nowUs: systemClock.nowUs,
      partitions: ({ batched }) => (batched ? 4 : 1),
      retainRecords: 10_000_000,
      maxUncommittedRecords: 10_000_000,
    })
    const venues = dataPlanes.flatMap((one) => one.venues)
    const run = await startRun(bus, {
      ...{ runId: name, mode: 'lockstep', venues, dataPlanes, who: 'test', nowUs: systemClock.nowUs() },
    } as const)
    const rates = configuredRates(config.order.ratesToUsd)
    const market = {
      instruments: tradableOf(instrumentsAt(venues), rates),
      rates,
      isSessionOpen,
    }
    const outputOf =
      (marked: readonly Topic[]) =>
      <Out extends Event>(producerName: string, saved: SavedOutput) => {
        const producer = bus.producer({ name: producerName, runId: run.runId })
        return new PlaneOutput<Out>(
          { name: producerName, producer, account: run.account, marked, observe: () => undefined },
          saved,
        )
      }
    const killed = (marked: readonly Topic[]) => ({
      ...{ bus, run, restarts: 2, turns: 30 },
      outputOf: outputOf(marked),
      ungated: new Set<Topic>([topics.halts, topics.commands, topics.heartbeats]),
    })
    const strategy = runKilledPlane({
      ...killed(strategyPlane.awaited),
      folder: join(folder(), name, 'strategy'),
      codec: hostStateCodec(strategyPlane),
      build: (core) =>
        strategyPlane.build(
          { ...market, config: config.strategy, metrics: createMetrics('strategy_plane', { processMetrics: false }) },
          core,
        ),
      leadUs: 0,
    })
    const order = runKilledPlane({
      ...killed(orderPlane.awaited),
      folder: join(folder(), name, 'order'),
      codec: hostStateCodec(orderPlane),
      build: (core) =>
        orderPlane.build(
          {
            ...{ ...market, config: config.order, onApproved: () => undefined },
            metrics: createMetrics('order_plane', { processMetrics: false }),
          },
          core,
        ),
      leadUs: LEAD_MS * 1000,
    })
    const sources = dataPlanes.map((plane) =>
      playSource({
        plane,
        run,
        bus,
        folder: join(folder(), name, plane.instance),
        deaths: deaths[plane.instance] ?? 0,
      }),
    )
    await Promise.all(sources)
    const digests = (await Promise.all([strategy, order])).map(({ digest }) => digest)
    const said = await everything(bus)
    await bus.close()
    return { digests, said }
  }

  /** A data plane of one venue. It dies when its feed ends abruptly; its successor begins at the snapshot. */
  async function playSource(options: {
    readonly plane: Instance
    readonly run: Run
    readonly bus: Bus
    readonly folder: string
    readonly deaths: number
  }): Promise<void> {
    const { plane, run, bus, deaths } = options
    const name = instanceName('data-plane', plane.instance)
    const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, settings)
    for (let life = 0; life <= deaths; life++) {
      const codec = createStateCodec(sourceStateSchema(dataPlane.stateSchema, simulatedCheckpointSchema), {
        configurationDigest: 'same',
        commit: 'test',
      })
      const snapshots = new Snapshots(options.folder, codec)
      const saved = snapshots.newest()
      const { core } = dataPlane.build(
        {
          ...{ config: config.data, source: 'capture', instruments: instrumentsAt(plane.venues), isSessionOpen },
          ...{ nowUs: systemClock.nowUs, monotonicUs: systemClock.monotonicUs },
          metrics: createMetrics('data_plane', { processMetrics: false }),
        },
        saved?.state.core,
      )
      const output = new PlaneOutput<Event>(
        {
          ...{ name, account: run.account, marked: dataPlane.awaited, observe: () => undefined },
          producer: bus.producer({ name, runId: run.runId }),
        },
        saved?.state.output,
      )
      const { feed, startUs } = await openCaptures(
        {
          ...{ captures: [join(folder(), plane.instance)], venue: undefined, source: 'capture', speed: 'max' },
          ...{ durationUs: undefined, skip: saved?.state.items ?? 0, instruments: instrumentsAt(plane.venues) },
        },
        systemClock,
      )
      let snapshotsLeft = life < deaths ? 1 : Infinity
      const host = new SourceHost<FeedItem, Event>({
        ...{ core, run, startUs, endUs, output, saved, clock: systemClock, snapshotEveryMs: 0 },
        batches: life < deaths ? cutOff(feed.batches(), 4 + life) : feed.batches(),
        snapshots: {
          encode: (state) => snapshots.encode(state),
          // With an early end the first snapshot counts, so that many events are published again.
          save: async (after, text) => void (snapshotsLeft-- > 0 && (await snapshots.save(after, text))),
        },
        onSnapshotFault(fault) {
          throw fault
        },
        onBatch: () => undefined,
      })
      await host.run(() => life < deaths)
    }
  }

  it('have a run to compare with that trades on both venues', () => {
    expect(together.events.fill).toBeGreaterThan(5)
    expect(Object.keys(together.positions)).toHaveLength(2)
  })

  let once: Awaited<ReturnType<typeof hosted>>

  it('end like the one that has both venues', async () => {
    once = await hosted('apart001', {})
    expect(once.digests).toEqual([together.hashes?.strategy, together.hashes?.order])
    const { trade, quote, bookDelta, bookSnapshot, ofi } = together.events
    expect(once.said.counts).toMatchObject({ trade, quote, bookDelta, bookSnapshot, ofi })
    expect(once.said.duplicates).toBe(0)
    expect(new Set([...once.said.hashes.keys()].map((place) => place.split(' ')[0]))).toEqual(
      new Set(['data-plane.spot', 'data-plane.usdm']),
    )
  }, 120_000)

  it('publish and do nothing twice when one of them dies and comes back', async () => {
    const { digests, said } = await hosted('apart002', { usdm: 2 })
    expect(said.duplicates).toBeGreaterThan(100)
    expect(digests).toEqual(once.digests)
    expect(said.hashes).toEqual(once.said.hashes)
  }, 120_000)
})

/** The first batches of a feed. */
async function* cutOff(
  batches: AsyncIterable<readonly FeedItem[]>,
  count: number,
): AsyncGenerator<readonly FeedItem[]> {
  let left = count
  for await (const items of batches) {
    if (left-- === 0) return
    yield items
  }
}

/**
 * A hash of the topics of market data by producer and topic, each event once; and the number of events before deduplication.
 */
async function everything(bus: Bus) {
  const consumer = bus.consumer({ group: 'test', topics: dataPlane.topics.produced, from: 'earliest' })
  const lines = new Map<string, Map<number, string>>()
  const counts: Partial<Record<Event['type'], number>> = {}
  let duplicates = 0
  for (const { topic, producer, events } of consumer.take()) {
    const place = `${producer} ${topic.name}`
    const known = lines.get(place) ?? new Map<number, string>()
    lines.set(place, known)
    for (const event of events) {
      const line = encodeLine(event)
      if (known.has(event.seq)) {
        expect(line).toBe(known.get(event.seq))
        duplicates++
        continue
      }
      known.set(event.seq, line)
      counts[event.type] = (counts[event.type] ?? 0) + 1
    }
  }
  await consumer.close()
  const hashOf = (said: ReadonlyMap<number, string>) => {
    const hash = createHash('sha256')
    for (const [, line] of [...said].sort(([a], [b]) => a - b)) hash.update(`${line}\n`)
    return hash.digest('hex')
  }
  return { hashes: new Map([...lines].map(([place, said]) => [place, hashOf(said)])), counts, duplicates }
}
