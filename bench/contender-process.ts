import { fork, type ChildProcess } from 'node:child_process'
import type { Contender } from './contender.ts'
import { reference } from './peers/reference.ts'

/** What a run took: on the clock, and of the CPU by all threads of the process. */
export interface Answer {
  readonly ms: number
  readonly cpuMs: number
  readonly result: unknown
}

/** A contender in its own process, so that it does not pay for another's garbage or compiled code. */
export class ContenderProcess {
  readonly contender: Contender
  readonly #child: ChildProcess

  constructor(contender: Contender) {
    this.contender = contender
    this.#child = fork(process.argv[1] as string, [contender.name])
  }

  /** Does the work once. Rejects when the process ends instead. */
  run(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`${this.contender.name} ended before it answered`))
      this.#child.once('exit', onExit)
      this.#child.once('message', (answer) => {
        this.#child.off('exit', onExit)
        resolve(answer as Answer)
      })
      this.#child.send('run')
    })
  }

  kill(): void {
    this.#child.kill()
  }
}

/** In a contender's process: runs it on each request. Returns false in the process of the bench itself. */
export async function serve(contenders: readonly Contender[]): Promise<boolean> {
  const served = [...contenders, reference].find(({ name }) => name === process.argv[2])
  if (served === undefined) return false
  const run = await served.prepare()
  process.on('message', () => {
    const startMs = performance.now()
    const startCpu = process.cpuUsage()
    void Promise.resolve(run()).then((result) => {
      const { user, system } = process.cpuUsage(startCpu)
      process.send?.({ ms: performance.now() - startMs, cpuMs: (user + system) / 1000, result })
    })
  })
  return true
}

/** Says how a result differs from the expected one; undefined when it does not, or when there is none to compare. */
export function differenceOf({ name, isYardstick }: Contender, result: unknown, expected: unknown): string | undefined {
  const [got, want] = [JSON.stringify(result), JSON.stringify(expected)]
  if (isYardstick || got === want) return undefined
  return `${name} gives another result: expected ${want}, was ${got}`
}
