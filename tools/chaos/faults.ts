import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@triplane/kernel'
import { parts, planes, type ChaosStack, type Part } from './chaos-stack.ts'
import { forge, poison } from './records.ts'

/** A fault with all that it hits. Resolves when its cause is gone again; what it did to the stack may last longer. */
export interface Fault {
  readonly name: string
  strike(stack: ChaosStack): Promise<void>
}

const SHORT_S = [1, 5, 15, 30] as const
const WRONG_TOKENS = 600
const AT_ONCE = 30

/** Chooses the next fault: a kind first, each as likely as any, then what it hits and for how long. */
export function nextFault(random: Random): Fault {
  const pick = <Choice>(choices: readonly Choice[]) => choices[random.below(choices.length)] as Choice
  const kinds = [
    () => gone('kill', [pick(parts)], pick(SHORT_S)),
    () => gone('kill', pair(random), pick(SHORT_S)),
    () => gone('stop', [pick(parts)], pick(SHORT_S)),
    () => gone('stop', pair(random), pick(SHORT_S)),
    () => paused([pick(parts)], pick(SHORT_S)),
    () => paused(pair(random), pick(SHORT_S)),
    () => restarted(pick(parts)),
    () => crashed(pick(planes)),
    () => cutConnections,
    () => diskFull(pick(SHORT_S)),
    () => records('poison', poison),
    () => records('forged records', forge),
    () => wrongTokens,
  ]
  return pick(kinds)()
}

function pair(random: Random): readonly Part[] {
  const first = random.below(parts.length)
  const second = (first + 1 + random.below(parts.length - 1)) % parts.length
  return [parts[first] as Part, parts[second] as Part]
}

function gone(how: 'kill' | 'stop', hit: readonly Part[], seconds: number): Fault {
  return {
    name: `${how} ${hit.join(' and ')}, ${seconds} s`,
    async strike({ project }) {
      project.run(how, ...hit)
      await sleep(seconds * 1000)
      project.run('start', ...hit)
    },
  }
}

function paused(hit: readonly Part[], seconds: number): Fault {
  return {
    name: `pause ${hit.join(' and ')}, ${seconds} s`,
    async strike({ project }) {
      project.run('pause', ...hit)
      await sleep(seconds * 1000)
      project.run('unpause', ...hit)
    },
  }
}

function restarted(hit: Part): Fault {
  return { name: `restart ${hit}`, strike: async ({ project }) => void project.run('restart', hit) }
}

/** Kills the process from inside, as a crash; the container's first process is Docker's init. */
function crashed(hit: Part): Fault {
  return {
    name: `crash ${hit}`,
    strike: async ({ project }) => void project.exec(hit, 'bash', '-c', 'kill -9 $(cat /proc/1/task/1/children)'),
  }
}

const cutConnections: Fault = {
  name: 'cut the connections of the database',
  async strike({ project }) {
    const sql =
      'select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and usename is not null'
    project.exec('postgres', 'psql', '-U', 'postgres', '-Atc', sql, 'triplane')
  },
}

function diskFull(seconds: number): Fault {
  return {
    name: `disk of the order plane full, ${seconds} s`,
    async strike({ disk }) {
      disk.fill()
      await sleep(seconds * 1000)
      disk.clear()
    },
  }
}

function records(name: string, send: (stack: ChaosStack) => Promise<number>): Fault {
  return { name, strike: async (stack) => void (await send(stack)) }
}

const wrongTokens: Fault = {
  name: `${WRONG_TOKENS} wrong tokens`,
  async strike(stack) {
    for (let sent = 0; sent < WRONG_TOKENS; sent += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => stack.command('halt', `wrong-${sent + i}`)))
  },
}
