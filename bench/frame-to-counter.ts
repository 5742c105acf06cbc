import { performance } from 'node:perf_hooks'
import { percentilesOf } from '../apps/standalone/src/report.ts'
import { loadUsdmCapture } from './capture.ts'
import { print, verdict } from './harness.ts'
import { openMetrics, openPlanes } from './planes.ts'

const TURN_ITEMS = 256
const WARM_UPS = 1
const GOAL_MS = 1

/**
 * Prints how long it takes from a frame's receipt until its counters are such that a scrape would read them, in the standalone
 * app without a store. Frames arrive by the receive times of the capture, and wait while the turn before is under way. Time
 * without a frame is skipped.
 */
export async function reportFrameToCounter(): Promise<void> {
  const capture = loadUsdmCapture()
  if (capture === undefined)
    return print('From frame to counter: not run, no recorded data; TRIPLANE_DATA names its folder')
  const { frames } = capture
  const startUs = frames[0]?.tsRecvUs ?? 0
  const arrivals = frames.map(({ tsRecvUs }) => (tsRecvUs - startUs) / 1000)
  const delaysMs = new Float64Array(frames.length)
  for (let run = -WARM_UPS; run < 1; run++) {
    const metrics = openMetrics()
    const planes = openPlanes(false, metrics)
    const { lockstep, strategy, order } = planes
    let nowMs = 0
    for (let i = 0; i < frames.length;) {
      const first = i
      nowMs = Math.max(nowMs, arrivals[i] as number)
      const [beganMs, beganCpu] = [performance.now(), process.cpuUsage()]
      while (i < frames.length && i - first < TURN_ITEMS && (arrivals[i] as number) <= nowMs)
        lockstep.accept(frames[i++] as (typeof frames)[number])
      planes.observe()
      const { user, system } = process.cpuUsage(beganCpu)
      // The clock also counts the time for which others had the processor.
      nowMs += Math.min(performance.now() - beganMs, (user + system) / 1000)
      for (let k = first; k < i; k++) delaysMs[k] = nowMs - (arrivals[k] as number)
      void strategy.runner.consumer.commit()
      void order.runner.consumer.commit()
    }
    const { trade, quote } = planes.tally.counted.events
    const counted = await ticksOf(metrics.data.expose())
    if (counted !== trade + quote) throw new Error(`Expected ${trade + quote} ticks in the scrape, was ${counted}`)
  }
  const { p50, p99 } = percentilesOf(delaysMs)
  print(`From frame to counter as a scrape reads it, ${frames.length} frames at their own speed:`)
  print(`          median ${p50.toFixed(3)} ms`)
  verdict('p99', p99, GOAL_MS, 'ms', 3)
}

/** The sum of the counter of ticks in a scrape. */
async function ticksOf(scrape: Promise<string>): Promise<number> {
  const values = (await scrape).matchAll(/^data_ticks_received_total\{.*\} (\d+)$/gm)
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0)
}
