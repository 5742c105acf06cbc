import { operatorCommands, tradingStates, type OperatorCommandCode, type TradingState } from '@triplane/contracts'
import fc from 'fast-check'
import { DeskWorld, type Fate } from '../test/desk-world.ts'
import { stateOrderedBy, type OperatorOrder } from './operator-order.ts'

/** Commands that leave the standing order as it is. */
const keepsStanding = (command: string) => command === 'rearm' || command === 'adopt'
const strictness = (state: TradingState) => tradingStates.indexOf(state)

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>('ok') },
  fc.constantFrom<Fate>('fails', 'crash_before', 'crash_after'),
)
/** A command, and how many turns after the others of its burst it comes. */
const given = fc.record({ command: fc.constantFrom(...operatorCommands), turns: fc.nat(12) })
/** Commands that are given at about the same time, and what becomes of the steps that they take. */
const burst = fc.record({
  commands: fc.array(given, { minLength: 1, maxLength: 4 }),
  enforce: fc.array(fate, { maxLength: 3 }),
  file: fc.array(fate, { maxLength: 3 }),
  audit: fc.array(fate, { maxLength: 3 }),
  crashAfterwards: fc.boolean(),
})

interface Kept {
  readonly atUs: number
  readonly state: TradingState
}

/** Watches a world: what the operators were told must hold, and nothing may be loosened that was not audited. */
class Watch {
  readonly world = new DeskWorld()
  /** Halts and reduces whose operator was told that they are kept. */
  readonly #kept: Kept[] = []

  /** The strictest of what was kept, unless something looser that was ordered later was audited. */
  get floor(): TradingState {
    const floors = this.#kept.map(({ atUs, state }) => {
      const audited = this.world.audit.filter((entry) => entry.atUs > atUs && !keepsStanding(entry.command))
      return [state, ...audited.map(({ after }) => after)].reduce(looser)
    })
    return floors.reduce(stricter, 'active')
  }

  async give(commands: readonly { readonly command: OperatorCommandCode; readonly turns: number }[]): Promise<void> {
    const { world } = this
    const mode = world.mode
    const already = world.enforced.length
    const answers = commands.map(async ({ command, turns }) => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      if (world.crashed) return
      const answer = world.desk.order(command, 'ann', 'x')
      const atUs = world.nowUs
      const { persisted, audited } = await answer
      const state = stateOrderedBy[command]
      if (persisted && !audited && state) this.#kept.push({ atUs, state })
    })
    await Promise.race([Promise.all(answers), world.died])
    await new Promise(setImmediate)
    if (!world.crashed && world.faults.length === 0) expect(world.file.state).toBe(world.desk.standing.state)
    this.#checkEnforced(mode, world.enforced.slice(already))
  }

  restart(): void {
    if (!this.world.crashed) this.world.crash()
    this.world.fates.enforce.length = 0
    this.world.start()
  }

  /** Every order that loosened has its committed row. */
  #checkEnforced(before: TradingState, orders: readonly OperatorOrder[]): void {
    let mode = before
    for (const { command, atUs } of orders) {
      const next = stateOrderedBy[command] ?? mode
      const isAudited = this.world.audit.some((entry) => entry.atUs === atUs)
      if (looser(next, mode) !== mode || keepsStanding(command)) expect(isAudited).toBe(true)
      mode = next
    }
  }
}

function looser(a: TradingState, b: TradingState): TradingState {
  return strictness(a) < strictness(b) ? a : b
}

function stricter(a: TradingState, b: TradingState): TradingState {
  return strictness(a) > strictness(b) ? a : b
}

describe('any sequence of commands, faults and crashes', () => {
  it('never ends less strict than the last persisted order, unless something looser was audited', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { maxLength: 8 }), async (bursts) => {
        const watch = new Watch()
        for (const { commands, crashAfterwards, ...fates } of bursts) {
          for (const step of ['enforce', 'file', 'audit'] as const) watch.world.fates[step].splice(0, 9, ...fates[step])
          await watch.give(commands)
          if (watch.world.crashed || crashAfterwards || fates.enforce.includes('fails')) watch.restart()
          expect(strictness(watch.world.mode)).toBeGreaterThanOrEqual(strictness(watch.floor))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('without a fault ends as the newest order that was accepted, in force, in the file and at the desk', async () => {
    const commands = fc.array(fc.array(fc.constantFrom(...operatorCommands), { minLength: 1, maxLength: 5 }))
    await fc.assert(
      fc.asyncProperty(commands, async (bursts) => {
        const { world } = new Watch()
        for (const burst of bursts) {
          const outcomes = await Promise.all(burst.map((command) => world.desk.order(command, 'ann', 'x')))
          const last = outcomes.findLast(({ accepted, command }) => accepted && !keepsStanding(command))
          const state = last && stateOrderedBy[last.command]
          if (state) expect([world.mode, world.file.state]).toEqual([state, state])
          expect(world.desk.standing.state).toBe(world.mode)
          // The newest order of all is never overruled.
          expect(outcomes.at(-1)?.accepted).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
