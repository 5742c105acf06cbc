import { fork, type ChildProcess } from 'node:child_process'

/** One way to do the work of a bench. */
export interface Contender {
  readonly name: string
  /** Loads what is needed, untimed. Returns a function that does all of the work once, from fresh state. */
  readonly prepare: () => Promise<() => unknown>
  /** It does less work than the others and returns no result: a yardstick. */
  readonly isYardstick?: boolean
}

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

/** The answer of a contender's process to a request to run. */
interface Answer {
  readonly ms: number
  readonly result: unknown
}

const WARM_UP_ROUNDS = 3
const ROUNDS = 11

/**
 * Runs a bench. Each contender has its own process, so that none pays for another's garbage or compiled code, and the processes
 * take turns, so that a slow moment of the machine affects all. Compares results in the warm-up, before timing starts. Prints
 * medians and goals; sets exit code 1 when a result differs or a goal is missed.
 */
export async function runBench(bench: Bench): Promise<void> {
  const { contenders, expected } = bench
  const served = contenders.find(({ name }) => name === process.argv[2])
  if (served) return serve(served)

  print(`\n${bench.title}`)
  const rivals = contenders.map((contender) => ({ contender, process: start(contender), times: [] as number[] }))
  try {
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (const { contender, process: child, times } of rivals) {
        const { ms, result } = await request(child)
        if (round >= 0) times.push(ms)
        const [got, want] = [JSON.stringify(result), JSON.stringify(expected)]
        if (contender.isYardstick || got === want) continue
        print(`  ${contender.name} gives another result: expected ${want}, was ${got}`)
        process.exitCode = 1
        return
      }
    }
  } finally {
    for (const { process: child } of rivals) child.kill()
  }
  report(bench, new Map(rivals.map(({ contender, times }) => [contender.name, median(times)])))
}

/** One line of the report. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The contender's side: runs on each request. */
async function serve({ prepare }: Contender): Promise<void> {
  const run = await prepare()
  process.on('message', () => {
    const start = performance.now()
    void Promise.resolve(run()).then((result) => process.send?.({ ms: performance.now() - start, result }))
  })
}

function start({ name }: Contender): ChildProcess {
  return fork(process.argv[1] as string, [name])
}

function request(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error(`${child.spawnargs.at(-1)} ended before it answered`))
    child.once('exit', onExit)
    child.once('message', (answer) => {
      child.off('exit', onExit)
      resolve(answer as Answer)
    })
    child.send('run')
  })
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

/** The median. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

/** Prints whether a value is within its limit; sets exit code 1 when it is not. */
export function verdict(name: string, value: number, limit: number, unit: string, digits = 1): void {
  const isMet = value <= limit
  print(`  ${isMet ? 'met   ' : 'MISSED'}  ${name} ${value.toFixed(digits)} ${unit}, at most ${limit}`)
  if (!isMet) process.exitCode = 1
}
