// Frame in to approved order out of the gate, in process: wall time of each order caused by a frame.
import { loadUsdmCapture } from './capture.ts'
import { print } from './harness.ts'
import { openPlanes, play } from './planes.ts'
import { percentilesOf } from '../apps/standalone/src/report.ts'

const WARM_UP_RUNS = 3
const RUNS = 20
const GOALS_US = { p50: 25, p99: 150 }

const capture = loadUsdmCapture()
if (capture === undefined) {
  print('frame to order: not run, no recorded data; TRIPLANE_DATA names its folder')
} else {
  const latenciesUs: number[] = []
  for (let run = -WARM_UP_RUNS; run < RUNS; run++) {
    const planes = openPlanes(false)
    play(planes, capture.frames)
    if (run >= 0) latenciesUs.push(...planes.latenciesUs)
  }
  const { p50, p99, p999 } = percentilesOf(Float64Array.from(latenciesUs))
  print(`\nFrame in to approved order, USD-M capture, ${latenciesUs.length} orders of ${RUNS} runs`)
  print(`  p50 ${p50.toFixed(1)} us, p99 ${p99.toFixed(1)} us, p99.9 ${p999.toFixed(1)} us`)
  for (const [name, limitUs] of Object.entries(GOALS_US)) {
    const isMet = { p50, p99 }[name as 'p50' | 'p99'] <= limitUs && latenciesUs.length > 0
    print(`  ${isMet ? 'met   ' : 'MISSED'}  ${name} at most ${limitUs} us`)
    if (!isMet) process.exitCode = 1
  }
}
