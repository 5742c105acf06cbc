import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import { US_PER_SECOND } from '@triplane/kernel'
import type { ContainerServer } from '@triplane/testing/containers'
import { eagerStrategy, runOf, Stack, until } from '../../e2e/stack.ts'
import { usdmCaptureFile } from '../capture.ts'
import { print } from '../harness.ts'
import { cpuOfContainer, cpuOfPlane, cpuSince, totalOf, type Cpu } from './cpu.ts'
import { writeCopies } from './repeated-capture.ts'

/** Of the capture: 2.8 million frames, more than 10 s behind the warm-up at 200,000 a second. */
const COPIES = 30
const WARM_UP_SHARE = 0.2
const LEAST_SECONDS = 10
/** A replay that takes longer does not end. */
const MOST_MS = 300_000

/** The capture, repeated, in a folder of its own; undefined without recorded data. */
export async function repeatedCapture(): Promise<{ readonly file: string; remove(): void } | undefined> {
  const capture = usdmCaptureFile()
  if (!existsSync(capture)) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'triplane-bench-'))
  const file = join(folder, 'usdm_btcusdt_repeated.gz')
  await writeCopies(file, gunzipSync(readFileSync(capture)).toString('latin1'), COPIES)
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}

/**
 * Replays a capture at full speed as one live feed, so no plane waits for another, and prints frames a second and CPU a frame,
 * from the end of the warm-up to the end of the feed in all planes. Rejects when the replay does not end in time.
 */
export async function throughput(kafka: ContainerServer & { readonly brokers: string }, file: string): Promise<void> {
  const stack = await Stack.at(kafka.brokers, {
    ...eagerStrategy,
    TRIPLANE_KAFKA_MARKET_PARTITIONS: '1',
    TRIPLANE_VENUES: 'binance_usdm',
    TRIPLANE_SOURCE_KIND: 'capture',
    TRIPLANE_SOURCE_CAPTURE: file,
    TRIPLANE_SOURCE_SPEED: 'max',
  })
  try {
    await stack.startRun({ runId: 'bench000', mode: 'live', venues: ['binance_usdm'] })
    stack.start()
    await measure(stack, kafka)
  } catch (error) {
    const states = await Promise.all(stack.planes.map(async (plane) => [plane.name, await runOf(plane)]))
    throw new Error(`The replay did not end: ${JSON.stringify(Object.fromEntries(states))}`, { cause: error })
  } finally {
    await stack.remove()
  }
}

async function measure(stack: Stack, kafka: ContainerServer): Promise<void> {
  const { data, planes } = stack
  const framesIn = async () => (await data.get<{ framesIn: number }>('/status/run'))?.framesIn ?? 0
  const cpu = async () => ({ planes: await Promise.all(planes.map(cpuOfPlane)), broker: await cpuOfContainer(kafka) })
  const warm = framesOf(COPIES) * WARM_UP_SHARE
  await until('the end of the warm-up', async () => (await framesIn()) > warm, MOST_MS)
  const [before, framesBefore, startMs] = [await cpu(), await framesIn(), performance.now()]
  const end = await until('the feed at its end', async () => (await runOf(data))?.isFinal && runOf(data), MOST_MS)
  // Leaves out the last second of market time: after the last frame it passes by the clock.
  const isThere = async () => {
    const runs = await Promise.all([stack.strategy, stack.order].map(runOf))
    return runs.every((run) => (run?.marketUs ?? 0) >= (end?.marketUs ?? Infinity) - US_PER_SECOND)
  }
  await until('the others at its end', isThere, MOST_MS)
  const seconds = (performance.now() - startMs) / 1000
  const [after, frames] = [await cpu(), (await framesIn()) - framesBefore]

  print(`  ${Math.round(frames / seconds)} frames/s through three processes and Kafka, over ${seconds.toFixed(1)} s`)
  if (seconds < LEAST_SECONDS) print(`  Expected at least ${LEAST_SECONDS} s: more copies of the capture are needed`)
  print('  CPU a frame, us:')
  for (const [i, { name }] of planes.entries())
    print(`    ${name.padEnd(16)}${lineOf(cpuSince(before.planes[i] as Cpu, after.planes[i] as Cpu), frames)}`)
  print(`    ${'broker'.padEnd(16)}${((after.broker - before.broker) / frames).toFixed(2).padStart(6)}`)
}

/** Frames of the capture, that many times. */
const framesOf = (copies: number) => 93_954 * copies

function lineOf(cpu: Cpu, frames: number): string {
  const us = (value: number) => (value / frames).toFixed(2)
  const main = `main thread ${us(cpu.mainUser)} user, ${us(cpu.mainSystem)} kernel, paused ${us(cpu.gc)} for GC`
  return `${us(totalOf(cpu)).padStart(6)}: ${main}; other threads ${us(cpu.others)}`
}
