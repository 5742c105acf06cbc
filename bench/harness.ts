import { ContenderProcess, differenceOf, serve } from './contender-process.ts'
import type { Contender } from './contender.ts'
import { measureRatios, wantsRatios } from './measure-ratios.ts'
import { median } from './ratio.ts'

/** The goal of the first contender. */
type Goal =
  | { readonly than: string; readonly timesFaster: number; readonly aim?: number }
  | { readonly atMostNs: number; readonly aim?: number }

export interface Bench {
  readonly title: string
  /** The amount of work in one run: 93954 frames. */
  readonly items: number
  readonly item: string
  /** The first one is ours. */
  readonly contenders: readonly Contender[]
  /** Every contender's result, yardsticks excepted, before timing starts. */
  readonly expected: unknown
  readonly goals: readonly Goal[]
}

const WARM_UP_ROUNDS = 3
const ROUNDS = 11

/**
 * Runs a bench. Each contender has its own process, and the processes
 * take turns, so that a slow moment of the machine affects all. Compares results in the warm-up, before timing starts. Prints
 * medians and goals; sets exit code 1 when a result differs or a goal is missed.
 */
export async function runBench(bench: Bench): Promise<void> {
  const { contenders, expected } = bench
  if (await serve(contenders)) return
  if (wantsRatios)
    return measureRatios(
      contenders.filter(({ isSlow }) => !isSlow),
      expected,
    )

  print(`\n${bench.title}`)
  const rivals = contenders.map((contender) => ({ child: new ContenderProcess(contender), times: [] as number[] }))
  try {
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (const { child, times } of rivals) {
        const { ms, result } = await child.run()
        if (round >= 0) times.push(ms)
        const difference = differenceOf(child.contender, result, expected)
        if (difference === undefined) continue
        print(`  ${difference}`)
        process.exitCode = 1
        return
      }
    }
  } finally {
    for (const { child } of rivals) child.kill()
  }
  report(bench, new Map(rivals.map(({ child, times }) => [child.contender.name, median(times)])))
}

/** One line of the report. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function report({ items, item, goals }: Bench, medianMs: ReadonlyMap<string, number>): void {
  const [ours, oursMs] = [...medianMs][0] ?? ['', NaN]
  for (const [name, ms] of medianMs) {
    const ns = `${((ms * 1e6) / items).toFixed(0)} ns/${item}`
    const ratio = name === ours ? '' : `${(ms / oursMs).toFixed(1)} x ${ours}`
    print(`  ${name.padEnd(20)}${ms.toFixed(1).padStart(9)} ms${ns.padStart(18)}   ${ratio}`)
  }
  for (const goal of goals) {
    const isMet =
      'atMostNs' in goal
        ? (oursMs * 1e6) / items <= goal.atMostNs
        : (medianMs.get(goal.than) ?? NaN) / oursMs >= goal.timesFaster
    const aim = 'aim' in goal ? ` (aim: ${goal.aim})` : ''
    const text =
      'atMostNs' in goal
        ? `at most ${goal.atMostNs} ns/${item}${aim}`
        : `at least ${goal.timesFaster} x ${goal.than}${aim}`
    print(`  ${isMet ? 'met   ' : 'MISSED'}  ${text}`)
    if (!isMet) process.exitCode = 1
  }
}

/** Prints whether a value is within its limit; sets exit code 1 when it is not. */
export function verdict(name: string, value: number, limit: number, unit: string, digits = 1): void {
  const isMet = value <= limit
  print(`  ${isMet ? 'met   ' : 'MISSED'}  ${name} ${value.toFixed(digits)} ${unit}, at most ${limit}`)
  if (!isMet) process.exitCode = 1
}
