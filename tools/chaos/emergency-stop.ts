// `npm run chaos:stop`: how long the emergency stop takes at full load, with Kafka down, with Postgres down and while being flooded
// with wrong tokens; and that no order goes out after it, also across `down` and `up`. Exit code 1 when one takes longer than
// its limit, or an order went out.
import { setTimeout as sleep } from 'node:timers/promises'
import { eagerStrategy } from '../../e2e/stack.ts'
import { ChaosStack, within } from './chaos-stack.ts'

const LIMIT_MS = 100
/** Frames a second, as `npm run bench:stack` asks at most; and of the simulated market at speed 1. */
const [RATE, SIMULATED_RATE] = [20_000, 260]
const WATCH_MS = 5000
const PATIENCE_MS = 240_000
const FLOOD_AT_ONCE = 20
/** Last states of orders that were not sent. */
const NOT_SENT = ['received', 'denied', 'approved']

const conditions = {
  'at full load': {},
  'with Kafka down': { down: 'kafka' },
  'with Postgres down': { down: 'postgres' },
  'flooded with wrong tokens': { isFlooded: true },
} as const satisfies Record<string, { readonly down?: string; readonly isFlooded?: boolean }>

const say = (text: string) => process.stdout.write(`${text}\n`)
const speed = String(Math.round(RATE / SIMULATED_RATE))
const stack = await ChaosStack.start({ ...eagerStrategy, TRIPLANE_SOURCE_SPEED: speed })
const problems: string[] = []
try {
  const token = stack.secret('operator', 'operator-token') ?? ''
  for (const [name, condition] of Object.entries(conditions)) {
    await trades(name)
    await halted(name, condition, token)
    await resumed(token)
  }
  await trades('before down and up')
  await halted('before down and up', {}, token)
  const before = await sentOrders()
  stack.project.run('down', '--timeout', '20')
  stack.project.run('up', '--detach', '--wait', '--wait-timeout', '300')
  await noOrderAfter('down and up', before)
} finally {
  stack.remove()
}
for (const problem of problems) say(`FAILED  ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0

/** Halts under a condition, prints how long it took, and watches that no order goes out. */
async function halted(
  name: string,
  { down, isFlooded = false }: { readonly down?: string; readonly isFlooded?: boolean },
  token: string,
): Promise<void> {
  if (down !== undefined) stack.project.run('kill', down)
  const flood = { isOn: isFlooded }
  const floods = Promise.all(
    Array.from({ length: isFlooded ? FLOOD_AT_ONCE : 0 }, async (_, i) => {
      while (flood.isOn) await stack.command('halt', `wrong-${i}`)
    }),
  )
  // The flood, or the fault, is felt before the stop is asked for.
  await sleep(1000)
  const { status, ms } = await stack.command('halt', token)
  const after = await sentOrders()
  say(`halt ${name}: ${ms.toFixed(0)} ms, answer ${status}`)
  if (status !== 200 || ms > LIMIT_MS) problems.push(`halt ${name}: answer ${status} after ${ms.toFixed(0)} ms`)
  await sleep(WATCH_MS)
  await noOrderAfter(name, after)
  flood.isOn = false
  await floods
  if (down !== undefined) stack.project.run('start', down)
}

async function noOrderAfter(name: string, before: number): Promise<void> {
  const { state } = await stack.trading()
  const after = await sentOrders()
  if (state !== 'halted') problems.push(`${name}: Expected to be halted, was ${state}`)
  if (after !== before) problems.push(`${name}: ${after - before} orders after the halt`)
}

async function resumed(token: string): Promise<void> {
  const isActive = async () => {
    await stack.command('resume', token)
    return (await stack.trading()).state === 'active' || undefined
  }
  if (!(await within(PATIENCE_MS, isActive))) problems.push('Expected a resume to be taken, was not')
}

async function trades(name: string): Promise<void> {
  const before = (await stack.trading()).fills ?? 0
  const more = await within(PATIENCE_MS, async () => ((await stack.trading()).fills ?? 0) > before || undefined)
  if (!more) problems.push(`${name}: Expected trading before, was none`)
}

/** Orders that were sent in this run, whatever became of them. */
async function sentOrders(): Promise<number> {
  const counts = (await within(PATIENCE_MS, () => stack.orderCounts())) ?? {}
  return Object.entries(counts).reduce((sum, [state, count]) => sum + (NOT_SENT.includes(state) ? 0 : count), 0)
}
