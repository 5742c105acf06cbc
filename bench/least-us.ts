/** Rounds of which the least counts. */
export const ROUNDS = 15
const MIN_MS = 60

/** Least CPU time of a piece of each work, microseconds, in turns: neighbours only add to it. */
export async function leastUs(
  works: readonly [() => Promise<unknown>, () => Promise<unknown>],
): Promise<[number, number]> {
  const least: [number, number] = [Infinity, Infinity]
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of [0, 1] as const) {
      const start = process.cpuUsage()
      const untilMs = performance.now() + MIN_MS
      let count = 0
      do {
        for (let repeat = 0; repeat < 5; repeat++) await works[i]()
        count += 5
      } while (performance.now() < untilMs)
      const { user, system } = process.cpuUsage(start)
      least[i] = Math.min(least[i], (user + system) / count)
    }
  }
  return least
}
