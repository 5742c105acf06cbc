import type { TradingState } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { ControlError } from '../src/control-error.ts'
import type { HaltFile } from '../src/halt-file.ts'
import { createOperatorDesk, type OperatorDesk, type OperatorDeskOptions } from '../src/operator-desk.ts'
import {
  stateOrderedBy,
  type AuditEntry,
  type OpeningOrder,
  type OperatorOrder,
  type StandingOrder,
  type TuningOrder,
} from '../src/operator-order.ts'

/** What becomes of one step. `crash_*`: the process is gone before or after the step had its effect. */
export type Fate = 'ok' | 'fails' | 'crash_before' | 'crash_after'
export type Step = 'enforce' | 'file' | 'audit' | 'publish'

const nothingOrdered: StandingOrder = { state: 'active', who: 'triplane', why: 'nothing', atUs: 0 }

/** An order plane's process around a desk, its disk and its database; the process can die at any step. */
export class DeskWorld {
  /** What the disk and the database hold. */
  file: StandingOrder = nothingOrdered
  readonly audit: AuditEntry[] = []
  /** The plane. */
  mode: TradingState = 'active'
  readonly enforced: OperatorOrder[] = []
  readonly opened: OpeningOrder[] = []
  /** Why the plane does not open its account. */
  notOpened: string | undefined
  readonly published: (OperatorOrder | TuningOrder)[] = []
  readonly auditedLater: AuditEntry[] = []
  readonly faults: ControlError[] = []
  /** Steps in the order in which they had their effect. */
  readonly steps: string[] = []
  /** Fates of the next steps of a kind; `ok` when there is none. */
  readonly fates: Record<Step, Fate[]> = { enforce: [], file: [], audit: [], publish: [] }
  /** The strictest reason that remains after any order, where that is not what it asks for. */
  remaining: TradingState | undefined
  /** Called before a step has its effect. */
  onStep: (step: Step) => void = () => undefined
  desk: OperatorDesk
  /** Counts the orders, and the restarts with one standing. */
  nowUs = 0
  /** Number of the process that runs, 0 while none does. */
  #process = 0
  #processes = 0
  #died: () => void = () => undefined
  died: Promise<void> = Promise.resolve()

  constructor() {
    this.desk = this.start()
  }

  get crashed(): boolean {
    return this.#process === 0
  }

  /** A process that knows nothing but what the disk holds. */
  start(): OperatorDesk {
    const id = ++this.#processes
    this.#process = id
    this.died = new Promise((resolve) => (this.#died = resolve))
    this.mode = 'active'
    const alive = () => this.#process === id
    this.desk = createOperatorDesk(this.options(alive))
    this.desk.restore()
    return this.desk
  }

  /** What a desk of the running process is made of. */
  options(alive = () => !this.crashed): OperatorDeskOptions {
    const haltFile: HaltFile = {
      path: 'halt',
      read: () => this.file,
      write: async (order) => {
        await Promise.resolve()
        return this.#step('file', alive, () => (this.file = order))
      },
    }
    return {
      haltFile,
      enforce: (order) => {
        if (!alive()) return
        const fate = this.#next('enforce')
        if (fate === 'crash_before') return this.crash()
        if (fate === 'fails') throw new Error('a bug')
        if (order.command === 'open') this.opened.push(order)
        else {
          this.enforced.push(order)
          this.mode = stateOrderedBy[order.command] ?? this.mode
        }
        this.steps.push('enforce')
        if (fate === 'crash_after') this.crash()
      },
      judgeOpening: ({ digest }): Result<'new' | 'known', string> => {
        if (this.notOpened !== undefined) return err(this.notOpened)
        const isKnown = this.opened.some(({ document }) => document.digest === digest)
        return ok(isKnown ? 'known' : 'new')
      },
      publish: (order) => {
        if (!alive()) return
        if (this.fates.publish.shift() === 'fails') throw new Error('no bus')
        this.published.push(order)
        this.steps.push('publish')
      },
      audit: (entry) => this.#step('audit', alive, () => this.audit.push(entry)),
      auditEventually: (entry) => void (alive() && this.auditedLater.push(entry) && this.steps.push('auditEventually')),
      state: () => this.mode,
      stateAfter: (command) => this.remaining ?? stateOrderedBy[command],
      clock: { nowUs: () => ++this.nowUs },
      onFault: (fault) => this.faults.push(fault),
    }
  }

  crash(): void {
    this.#process = 0
    this.#died()
  }

  #next(step: Step): Fate {
    this.onStep(step)
    return this.fates[step].shift() ?? 'ok'
  }

  async #step(step: 'file' | 'audit', alive: () => boolean, effect: () => void): Promise<void> {
    const gone = new Promise<never>(() => undefined)
    if (!alive()) return gone
    const fate = this.#next(step)
    if (fate === 'fails') throw new Error(step === 'file' ? 'ENOSPC' : 'ECONNREFUSED')
    if (fate !== 'crash_before') {
      effect()
      this.steps.push(step)
    }
    if (fate === 'crash_before' || fate === 'crash_after') {
      this.crash()
      return gone
    }
    await Promise.resolve()
    return alive() ? undefined : gone
  }
}
