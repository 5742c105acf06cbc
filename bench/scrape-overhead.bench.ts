// What it costs the three planes to be scraped every second at 10,000 series: throughput beside the same planes unscraped, in
// turns, and the longest time for which the event loop stands while a scrape is answered.
import { fork } from 'node:child_process'
import { startMetricsServer, type MetricSet } from '@triplane/metrics'
import { loadUsdmCapture } from './capture.ts'
import { median, print, verdict } from './harness.ts'
import { openMetrics, openPlanes, playInTurns } from './planes.ts'

/** As many instruments as it takes for 10,000 lines of the three planes together. */
const MORE_INSTRUMENTS = 49
const SCRAPE_EVERY_MS = 1000
const ROUND_MS = 6000
const ROUNDS = 5
/** Turns of the planes over which a scrape is answered: more than its slices. */
const TURNS_OF_A_SCRAPE = 40
const GOALS = { costRatio: 0.02, blockedMs: 10 }

/** The scraper, a process of its own: fetches every URL at the same time, once a second. */
function scrapeForEver(urls: readonly string[]): void {
  let lines = 0
  setInterval(() => {
    void Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text())).then((texts) => {
      lines = texts
        .join('')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')).length
      process.send?.(lines)
    })
  }, SCRAPE_EVERY_MS)
}

/** Frames a second, and for each scrape the longest time in milliseconds for which the event loop was away from the planes. */
interface Round {
  readonly rate: number
  readonly stands: readonly number[]
}

async function measure(): Promise<void> {
  const capture = loadUsdmCapture()
  if (capture === undefined) return print('scrape overhead: not run, no recorded data in ../shared/data')
  const { frames } = capture
  let metrics = openMetrics(MORE_INSTRUMENTS)
  /** Set when a scrape comes in; the turns of the event loop from then on are looked at until the play has done some. */
  let isAnswering = false
  // Each play has planes and metrics of its own: what is served is the newest.
  const servers = await Promise.all(
    (['data', 'order', 'strategy'] as const).map((plane) => {
      const newest: Pick<MetricSet, 'service' | 'expose'> = {
        service: plane,
        async expose(selection) {
          isAnswering = true
          return metrics[plane].expose(selection)
        },
      }
      return startMetricsServer(newest as MetricSet, { port: 0 })
    }),
  )
  const urls = servers.map(({ url }) => url)
  let lines = 0

  async function round(isScraped: boolean): Promise<Round> {
    const scraper = isScraped ? fork(process.argv[1] as string, urls) : undefined
    scraper?.on('message', (count) => (lines = count as number))
    // A scraper that starts takes a core.
    if (scraper) await new Promise((resolve) => scraper.once('message', resolve))
    let [playMs, played, turnsLeft] = [0, 0, 0]
    const stands: number[] = []
    while (playMs < ROUND_MS) {
      metrics = openMetrics(MORE_INSTRUMENTS)
      const planes = openPlanes(false, metrics)
      const startMs = performance.now()
      for (const _turn of playInTurns(planes, frames)) {
        const turnMs = performance.now()
        await new Promise((resolve) => setImmediate(resolve))
        const stoodMs = performance.now() - turnMs
        if (isAnswering) {
          isAnswering = false
          turnsLeft = TURNS_OF_A_SCRAPE
          stands.push(0)
        }
        if (turnsLeft-- > 0) stands.push(Math.max(stands.pop() as number, stoodMs))
      }
      playMs += performance.now() - startMs
      played += frames.length
    }
    scraper?.kill()
    return { rate: played / (playMs / 1000), stands }
  }

  await round(false)
  const [without, scraped]: [Round[], Round[]] = [[], []]
  for (let i = 0; i < ROUNDS; i++) {
    without.push(await round(false))
    scraped.push(await round(true))
  }
  const rateOf = (rounds: readonly Round[]) => median(rounds.map(({ rate }) => rate))
  const stands = scraped.flatMap((one) => one.stands).sort((a, b) => a - b)
  await Promise.all(servers.map((server) => server.close()))

  print(`\nThree planes scraped every second: ${lines} series, ${ROUNDS} rounds of ${ROUND_MS / 1000} s in turns`)
  print(
    `  unscraped ${Math.round(rateOf(without))} frames/s, scraped ${Math.round(rateOf(scraped))}; ${stands.length} scrapes`,
  )
  verdict('cost of throughput', 1 - rateOf(scraped) / rateOf(without), GOALS.costRatio, '', 3)
  verdict('longest stand of the event loop for a scrape, median', median(stands), GOALS.blockedMs, 'ms')
  verdict('the same, longest', stands.at(-1) ?? NaN, GOALS.blockedMs, 'ms')
}

const urls = process.argv.slice(2)
if (urls.length > 0) scrapeForEver(urls)
else await measure()
