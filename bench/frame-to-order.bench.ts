// Frame in to approved order out of the gate, in process: wall time of each order caused by a frame. The app plays the capture
// at twenty times its pace, so that there is idle time, as there is live. For the baseline it is played without pauses, and so
// without rehearsals: that costs CPU time alone.
import { openCaptures } from '@triplane/feeds'
import { systemClock } from '@triplane/kernel'
import { existsSync } from 'node:fs'
import { loadUsdmCapture, usdmCaptureFile } from './capture.ts'
import { serve } from './contender-process.ts'
import type { Contender } from './contender.ts'
import { print } from './harness.ts'
import { measureRatios, wantsRatios } from './measure-ratios.ts'
import { openMetrics, openPlanes, play, rehearsal } from './planes.ts'
import { liveStatus } from '../apps/standalone/src/live-status.ts'
import { LiveView } from '../apps/standalone/src/live-view.ts'
import { percentilesOf } from '../apps/standalone/src/report.ts'
import { run } from '../apps/standalone/src/run.ts'

const SPEED = 20
const WARM_UP_RUNS = 1
const RUNS = 6
const GOALS_US = { p50: 25, p99: 150 }

async function latenciesOf(captureFile: string): Promise<readonly number[]> {
  const plan = { captures: [captureFile], venue: undefined, speed: SPEED, durationUs: undefined }
  const source = await openCaptures(plan, systemClock)
  const turn = { nowUs: systemClock.nowUs() }
  const planes = openPlanes(false, openMetrics(), () => turn.nowUs)
  await run({
    ...{ source, planes, history: undefined, durationUs: undefined, clock: systemClock },
    view: new LiveView({ isTTY: false, columns: 80, write: () => undefined }, [], () => 0),
    status: () => liveStatus(planes, source, undefined),
    onTurn: (nowUs) => void (turn.nowUs = nowUs),
    rehearse: rehearsal(),
    isStopped: () => false,
  })
  return planes.latenciesUs
}

/** Its cost is the median latency of a run, not the time of the run. */
const withoutPauses: Contender = {
  name: 'median without pauses',
  prepare: async () => {
    const { frames = [] } = loadUsdmCapture() ?? {}
    return () => {
      const planes = openPlanes(false)
      play(planes, frames)
      return percentilesOf(Float64Array.from(planes.latenciesUs)).p50
    }
  },
  costOf: Number,
}

async function report(): Promise<void> {
  const latenciesUs: number[] = []
  for (let run = -WARM_UP_RUNS; run < RUNS; run++) {
    const latencies = await latenciesOf(usdmCaptureFile())
    if (run >= 0) latenciesUs.push(...latencies)
  }
  const { p50, p99, p999 } = percentilesOf(Float64Array.from(latenciesUs))
  print(
    `\nFrame in to approved order, USD-M capture at ${SPEED} x its pace, ${latenciesUs.length} orders of ${RUNS} runs`,
  )
  print(`  p50 ${p50.toFixed(1)} us, p99 ${p99.toFixed(1)} us, p99.9 ${p999.toFixed(1)} us`)
  for (const [name, limitUs] of Object.entries(GOALS_US)) {
    const isMet = { p50, p99 }[name as 'p50' | 'p99'] <= limitUs && latenciesUs.length > 0
    print(`  ${isMet ? 'met   ' : 'MISSED'}  ${name} at most ${limitUs} us`)
    if (!isMet) process.exitCode = 1
  }
}

if (!existsSync(usdmCaptureFile())) {
  print('frame to order: not run, no recorded data; TRIPLANE_DATA names its folder')
} else if (!(await serve([withoutPauses]))) {
  if (wantsRatios) await measureRatios([withoutPauses], undefined)
  else await report()
}
