import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuCheck } from './cpu-check.ts'
import { diskCheck } from './disk-check.ts'
import { eventLoopCheck } from './event-loop-check.ts'
import { createHealth, type Verdict } from './health.ts'
import { memoryCheck } from './memory-check.ts'

describe('the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-health-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is judged by its free space', async () => {
    expect(await diskCheck({ folder, minFreeBytes: 1 })()).toMatchObject({ healthy: true, details: { folder } })
    expect(await diskCheck({ folder, minFreeBytes: 2 ** 60 })()).toMatchObject({ healthy: false })
  })

  it('fails when the folder is missing', async () => {
    const disk = diskCheck({ folder: join(folder, 'none'), minFreeBytes: 1 })
    const results = await createHealth({ checks: { disk } }).checkHealth()
    expect(results['disk']).toMatchObject({ status: 'unhealthy', error: expect.stringContaining('ENOENT') })
  })
})

describe('the memory', () => {
  it.each([
    ['holds within the limits', {}, true],
    ['fails above the limit of the process', { maxRssBytes: 1 }, false],
    ['fails above the limit of the heap', { maxHeapRatio: 0.0001 }, false],
  ])('%s', (_, limits, healthy) => {
    expect(memoryCheck(limits)()).toMatchObject({ healthy })
  })
})

describe('the CPU', () => {
  it('is judged over the last windows, not momentarily, and not at the start', () => {
    let seconds = 0
    let usedSeconds = 3
    const clock = { nowUs: () => 0, monotonicUs: () => seconds * 1e6 }
    const check = cpuCheck({ maxRatio: 0.5, windowSeconds: 10, clock, usedUs: () => usedSeconds * 1e6 })
    const after = (wall: number, used: number) => {
      seconds += wall
      usedSeconds += used
      return check() as Verdict
    }
    expect(after(5, 5)).toEqual({ healthy: true, details: { maxRatio: 0.5 } })
    expect(after(5, 3)).toEqual({ healthy: false, details: { ratio: 0.8, maxRatio: 0.5 } })
    // A second of full load just after it counts over the eleven seconds since the last window began.
    expect(after(1, 1)).toMatchObject({ healthy: false, details: { ratio: 9 / 11 } })
    // One second of ten, from second 10 on, the end of the first window.
    expect(after(9, 0)).toMatchObject({ healthy: true, details: { ratio: 0.1 } })
    expect(after(10, 5)).toMatchObject({ healthy: true, details: { ratio: 0.5 } })
  })

  it('is measured for this process', () => {
    let calls = 0
    const clock = { nowUs: () => 0, monotonicUs: () => calls++ * 1e6 }
    const check = cpuCheck({ maxRatio: 0, windowSeconds: 1, clock })
    expect(check()).toMatchObject({ healthy: false, details: { ratio: expect.any(Number) } })
  })
})

describe('the event loop', () => {
  it('is judged by the lag of timers, and by the last known lag until a newer one', async () => {
    let seconds = 0
    const clock = { nowUs: () => 0, monotonicUs: () => seconds * 1e6 }
    const { check, close } = eventLoopCheck({ maxLagSeconds: 0.15, windowSeconds: 10, clock })
    const turns = () => new Promise((resolve) => setTimeout(resolve, 50))
    await turns()
    // Blocks the loop on purpose.
    const untilMs = performance.now() + 200
    while (performance.now() < untilMs);
    await turns()
    expect(check()).toMatchObject({ healthy: false, details: { worstSeconds: expect.any(Number) } })
    seconds = 10
    expect(check()).toMatchObject({ healthy: false })
    expect(check()).toMatchObject({ healthy: false })
    close()
  })

  it('is healthy before the first measurement', () => {
    const { check, close } = eventLoopCheck({ maxLagSeconds: 0 })
    expect(check()).toMatchObject({ healthy: true, details: { lagSeconds: 0, worstSeconds: 0 } })
    close()
  })
})
