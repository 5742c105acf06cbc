// `npm run chaos -- --minutes N --seed S`: random faults on the compose stack, `triplane reconcile` after each, a table at the end.
// Exit code 1 when anything was lost or doubled, or somebody was needed.
import { parseArgs } from 'node:util'
import { Random } from '@triplane/kernel'
import { isPassed, reportText, type Struck } from './chaos-report.ts'
import { ChaosStack } from './chaos-stack.ts'
import { nextFault } from './faults.ts'
import { Recovery } from './recovery.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isSafeInteger(seed))
  throw new Error(`Expected --minutes above 0 and a whole --seed, was ${values.minutes} and ${values.seed}`)

const say = (text: string) => process.stdout.write(`${text}\n`)
const random = new Random(seed)
const struck: Struck[] = []
say(`chaos: seed ${seed}, ${minutes} minutes; the stack starts`)
const stack = await ChaosStack.start()
try {
  const recovery = new Recovery(stack)
  await recovery.firstTrade()
  const endMs = performance.now() + minutes * 60_000
  while (performance.now() < endMs) {
    const fault = nextFault(random)
    say(`${new Date().toISOString()}  ${fault.name}`)
    const result = await recovery.from(fault)
    struck.push(result)
    say(
      `  trading after ${result.secondsToTrading?.toFixed(1) ?? 'never'} s${result.problems.map((problem) => `; ${problem}`).join('')}`,
    )
  }
} finally {
  stack.remove()
}
say(`\n${reportText(struck)}`)
process.exitCode = isPassed(struck) ? 0 : 1
