// Recording a labelled metric through a handle, and exposing 10,000 series.
import { createMetrics } from '@triplane/metrics'
import { print, verdict } from './harness.ts'
import { median } from './ratio.ts'

const RECORDINGS = 20_000_000
const SCRAPES = 60
const WARM_UP_SCRAPES = 20
const GOALS = { recordingNs: 15, scrapeMs: 15, sliceMs: 5 }

/** As many instruments as it takes for 10,000 exposed lines. */
const instruments = Array.from({ length: 64 }, (_, i) => ({ source: 'sim', exchange: 'sim', symbol: `S${i}/USDT` }))
const metrics = createMetrics('data_plane', { instruments, maxSeries: 13_000 })

function recordingNs(): number {
  const ticks = metrics.ticksReceived.of({ source: 'sim', exchange: 'sim', symbol: 'S0/USDT' })
  const start = performance.now()
  for (let i = 0; i < RECORDINGS; i++) ticks.inc()
  return ((performance.now() - start) * 1e6) / RECORDINGS
}

/** Milliseconds of one scrape, and of the longest time that it blocked the event loop. */
async function scrape(): Promise<{ readonly totalMs: number; readonly sliceMs: number }> {
  let done = false
  let sliceMs = 0
  let lastMs = performance.now()
  const startMs = lastMs
  const watch = () => {
    const nowMs = performance.now()
    sliceMs = Math.max(sliceMs, nowMs - lastMs)
    lastMs = nowMs
    if (!done) setImmediate(watch)
  }
  setImmediate(watch)
  await metrics.expose()
  const totalMs = performance.now() - startMs
  done = true
  watch()
  return { totalMs, sliceMs }
}

recordingNs()
const recordings = [recordingNs(), recordingNs(), recordingNs()]
const levels = [
  metrics.bidPrice,
  metrics.bidQuantity,
  metrics.bidCumulative,
  metrics.askPrice,
  metrics.askQuantity,
  metrics.askCumulative,
]
for (const { exchange, symbol } of instruments)
  for (let level = 0; level < 20; level++)
    for (const family of levels) family.set({ exchange, symbol, level: String(level) }, 60_000 + level / 7)
const scrapes = []
for (let i = -WARM_UP_SCRAPES; i < SCRAPES; i++) {
  const measured = await scrape()
  if (i >= 0) scrapes.push(measured)
}
const lines = (await metrics.expose()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
print(`\nMetrics: ${lines} lines exposed of ${metrics.seriesLines} known, ${SCRAPES} scrapes`)
verdict('a recording through a handle', median(recordings), GOALS.recordingNs, 'ns')
verdict('a scrape, median', median(scrapes.map(({ totalMs }) => totalMs)), GOALS.scrapeMs, 'ms')
verdict('its longest slice, median', median(scrapes.map(({ sliceMs }) => sliceMs)), GOALS.sliceMs, 'ms')
