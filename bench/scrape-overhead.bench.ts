// The cost for the three planes of being scraped every second at 10,000 series. Does the same work with scrapes of all three,
// far more than one a second so that their cost exceeds the noise, and without: the difference is the cost of the scrapes. Also
// measures the longest time for which one blocks the event loop.
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { startMetricsServer } from '@triplane/metrics'
import type { PlaneMetrics } from '../apps/standalone/src/planes.ts'
import { loadUsdmCapture } from './capture.ts'
import { print, verdict } from './harness.ts'
import { openMetrics, openPlanes, playInTurns } from './planes.ts'
import { median } from './ratio.ts'

/** As many instruments as it takes for 10,000 lines of the three planes together. */
const MORE_INSTRUMENTS = 49
const SCRAPE_EVERY_MS = 1000
const WARM_UPS = 10
const PAIRS = 30
/** Turns between two scrapes of a play: longer than the answer takes. */
const TURNS_OF_A_SCRAPE = 32
const planes = ['data', 'order', 'strategy'] as const
type Plane = (typeof planes)[number]
const GOALS = { costPercent: 2, blockedMs: 10 }

/** The scraper, a separate process: fetches every URL at once on request, and reports the number of lines. */
function scrapeWhenTold(urls: readonly string[]): void {
  process.on('message', () => {
    void Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text())).then((texts) => {
      process.send?.(texts.flatMap((text) => text.split('\n')).filter((line) => /^[^#]/.test(line)).length)
    })
  })
}

/** Milliseconds since the process began, and the part for which the process had no processor. */
interface Span {
  readonly startMs: number
  readonly endMs: number
  readonly withoutMs: number
}

/**
 * The time of one play of the capture, and the longest block of the event loop for each scrape, or where one would have been.
 */
interface Play {
  readonly ms: number
  readonly stands: readonly Span[]
}

async function measure(): Promise<void> {
  const capture = loadUsdmCapture()
  if (capture === undefined) return print('scrape overhead: not run, no recorded data; TRIPLANE_DATA names its folder')
  const { frames } = capture
  const metrics = openMetrics(MORE_INSTRUMENTS)
  const servers = await Promise.all(planes.map((plane) => startMetricsServer(metrics[plane], { port: 0 })))
  // Each play has its own planes: a scrape measures the newest ones.
  let measures: Record<Plane, (() => void)[]> = { data: [], order: [], strategy: [] }
  for (const plane of planes) metrics[plane].beforeScrape(() => measures[plane].forEach((measure) => measure()))
  const metricsOf = <P extends Plane>(plane: P): PlaneMetrics[P] => ({
    ...metrics[plane],
    beforeScrape: (measure) => void measures[plane].push(measure),
  })
  const scraper = fork(
    process.argv[1] as string,
    servers.map(({ url }) => url),
  )
  const collections = watchCollections()

  async function play(isScraped: boolean): Promise<Play> {
    measures = { data: [], order: [], strategy: [] }
    const played = openPlanes(false, {
      data: metricsOf('data'),
      order: metricsOf('order'),
      strategy: metricsOf('strategy'),
    })
    const stands: Span[] = []
    let [turn, answered] = [0, Promise.resolve(0)]
    const beganMs = performance.now()
    for (const _turn of playInTurns(played, frames)) {
      if (turn++ % TURNS_OF_A_SCRAPE === 0) {
        // Earlier scrapes have ended: this waits for none.
        if (isScraped) answered = answered.then(() => scrape(scraper))
        stands.push({ startMs: 0, endMs: 0, withoutMs: 0 })
      }
      const since = mainThread()
      const startMs = performance.now()
      await new Promise((resolve) => setImmediate(resolve))
      const endMs = performance.now()
      const stand = { startMs, endMs, withoutMs: withoutProcessorMs(endMs - startMs, since) }
      if (lengthOf(stand) > lengthOf(stands.at(-1) as Span)) stands[stands.length - 1] = stand
    }
    const ms = performance.now() - beganMs
    lines = (await answered) || lines
    return { ms, stands }
  }

  let lines = 0
  const [unscraped, scraped]: [Play[], Play[]] = [[], []]
  for (let i = 0; i < WARM_UPS; i++) await play(i % 2 === 1)
  for (let i = 0; i < PAIRS; i++) {
    // Alternates which of the two comes first.
    for (const isScraped of i % 2 === 0 ? [false, true] : [true, false])
      (isScraped ? scraped : unscraped).push(await play(isScraped))
  }
  scraper.kill()
  await Promise.all(servers.map((server) => server.close()))

  const typicalMs = (plays: readonly Play[]) => median(plays.map(({ ms }) => ms))
  const scrapes = scraped[0]?.stands.length as number
  print(
    `\nScrapes of three planes, ${lines} series: ${PAIRS} plays of ${frames.length} frames with ${scrapes} of them, and without`,
  )
  print(`  median ${typicalMs(scraped).toFixed(1)} and ${typicalMs(unscraped).toFixed(1)} ms`)
  const own = (plays: readonly Play[]) => sorted(plays, (stand) => ownMs(stand, collections))
  const standing = own(scraped)
  for (const [what, plays, ofItsOwn] of [
    ['with', scraped, standing],
    ['without', unscraped, own(unscraped)],
  ] as const) {
    print(
      `  the event loop stood ${what} a scrape: ${spread(sorted(plays, lengthOf))} ms; of its own ${spread(ofItsOwn)}`,
    )
  }
  const costMs = (typicalMs(scraped) - typicalMs(unscraped)) / scrapes
  verdict('of the throughput, scraped every second', (costMs / SCRAPE_EVERY_MS) * 100, GOALS.costPercent, '%', 2)
  verdict('stand of the event loop for a scrape, median', median(standing), GOALS.blockedMs, 'ms')
  verdict('the same, longest, of its own', standing.at(-1) as number, GOALS.blockedMs, 'ms')
}

const sorted = (plays: readonly Play[], lengthIs: (stand: Span) => number) =>
  plays.flatMap(({ stands }) => stands.map(lengthIs)).sort((a, b) => a - b)

function spread(ascending: readonly number[]): string {
  const [p50, p99, max] = [0.5, 0.99, 1].map((q) => ascending[Math.floor((ascending.length - 1) * q)]?.toFixed(1))
  return `median ${p50}, p99 ${p99}, longest ${max}`
}

/** Has the planes scraped. Resolves with the number of their lines. */
function scrape(scraper: ChildProcess): Promise<number> {
  const answered = new Promise<number>((resolve) => scraper.once('message', (lines) => resolve(lines as number)))
  scraper.send('now')
  return answered
}

/** Garbage collections from now on: they happen with or without a scrape. */
function watchCollections(): readonly Span[] {
  const collections: Span[] = []
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ startMs: startTime, endMs: startTime + duration, withoutMs: 0 })
  }).observe({ entryTypes: ['gc'] })
  return collections
}

const lengthOf = ({ startMs, endMs }: Span) => endMs - startMs

/**
 * The time of a block without garbage collections and without time on other processes, which occur with or without a scrape.
 */
function ownMs(stand: Span, collections: readonly Span[]): number {
  const collectingMs = collections.reduce((sum, one) => {
    const overlapMs = Math.min(stand.endMs, one.endMs) - Math.max(stand.startMs, one.startMs)
    return sum + Math.max(0, overlapMs)
  }, 0)
  return Math.max(0, lengthOf(stand) - collectingMs - stand.withoutMs)
}

/** The system's counters of the main thread since its start; `sleeps` counts the whole process. */
interface Thread {
  readonly ranMs: number
  readonly waitedMs: number
  readonly sleeps: number
}

const schedule = existsSync('/proc/self/schedstat') ? openSync('/proc/self/schedstat', 'r') : undefined
const scheduleText = Buffer.alloc(64)

/** Undefined where the system has no such counters. */
function mainThread(): Thread | undefined {
  if (schedule === undefined) return undefined
  // Read first: this call makes Linux update the counters. Otherwise they are those of the last tick.
  const sleeps = process.resourceUsage().voluntaryContextSwitches
  const [ranNs, waitedNs] = scheduleText.toString('latin1', 0, readSync(schedule, scheduleText, 0, 64, 0)).split(' ')
  return { ranMs: Number(ranNs) / 1e6, waitedMs: Number(waitedNs) / 1e6, sleeps }
}

/**
 * The time for which the main thread was runnable without a processor: it waited for one; or, when nothing in the process
 * slept, it did not run, because the host had given the whole virtual processor to another.
 */
function withoutProcessorMs(lengthMs: number, since: Thread | undefined): number {
  const now = mainThread()
  if (since === undefined || now === undefined) return 0
  return now.sleeps === since.sleeps ? lengthMs - (now.ranMs - since.ranMs) : now.waitedMs - since.waitedMs
}

const urls = process.argv.slice(2)
if (urls.length > 0) scrapeWhenTold(urls)
else await measure()
