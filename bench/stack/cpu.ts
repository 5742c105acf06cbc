import { readdirSync, readFileSync } from 'node:fs'
import type { ContainerServer } from '@triplane/testing/containers'
import type { PlaneProcess } from '../../e2e/plane-process.ts'

/** CPU time of a process, microseconds, by part. */
export interface Cpu {
  /** Of the main thread: in our code and its libraries, and in the kernel. */
  readonly mainUser: number
  readonly mainSystem: number
  /** Pauses of it for garbage collection, by the clock: more than its CPU time where others have the processor. */
  readonly gc: number
  /** Workers, compilation, concurrent collection, the thread pool. */
  readonly others: number
}

/** Of a clock tick in /proc, microseconds. */
const TICK_US = 10_000

/** CPU time that a plane has used. Rejects where there is no /proc. */
export async function cpuOfPlane(plane: PlaneProcess): Promise<Cpu> {
  const pid = String(plane.pid)
  let [mainUser, mainSystem, others] = [0, 0, 0]
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { user, system } = timesOf(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))
    if (thread === pid) [mainUser, mainSystem] = [user, system]
    else others += user + system
  }
  const pauses = (await plane.metrics()).matchAll(/^nodejs_gc_duration_seconds_sum\{.*\} (\S+)/gm)
  const gc = [...pauses].reduce((sum, [, seconds]) => sum + Number(seconds) * 1e6, 0)
  return { mainUser, mainSystem, gc, others }
}

/** CPU time of all processes in a container, microseconds. */
export async function cpuOfContainer({ container }: ContainerServer): Promise<number> {
  const { output } = await container.exec(['sh', '-c', 'cat /proc/[0-9]*/stat'])
  return output
    .split('\n')
    .filter((line) => line.includes(')'))
    .map(timesOf)
    .reduce((sum, { user, system }) => sum + user + system, 0)
}

/** The sum of its parts. */
export const totalOf = ({ mainUser, mainSystem, others }: Cpu) => mainUser + mainSystem + others

/** What was used between two readings. */
export function cpuSince(before: Cpu, after: Cpu): Cpu {
  return {
    mainUser: after.mainUser - before.mainUser,
    mainSystem: after.mainSystem - before.mainSystem,
    gc: after.gc - before.gc,
    others: after.others - before.others,
  }
}

/** The times in a line of /proc/<pid>/stat: fields 14 and 15, counted behind the name, which may contain anything. */
function timesOf(stat: string): { readonly user: number; readonly system: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { user: Number(fields[11]) * TICK_US, system: Number(fields[12]) * TICK_US }
}
