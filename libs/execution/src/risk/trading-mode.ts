import {
  field,
  stateSchema,
  switchTypes,
  tradingStates,
  type OperatorCommandCode,
  type StateOf,
  type SwitchType,
  type TradingCondition,
  type TradingState,
} from '@triplane/contracts'

const stateField = field.oneOf(tradingStates)

/** The saved reasons of the trading state. */
export const tradingModeSchema = stateSchema({
  /** The active switches, in the order in which they were tripped. */
  switches: field.list(field.oneOf(switchTypes)),
  operator: stateField,
  conditions: stateSchema({
    heartbeat: stateField,
    reconciliation: stateField,
    journal: stateField,
    paused: stateField,
    duplicates: stateField,
  } satisfies Record<TradingCondition, typeof stateField>),
})
export type TradingModeSnapshot = StateOf<typeof tradingModeSchema>

const allActive: TradingModeSnapshot = {
  switches: [],
  operator: 'active',
  conditions: {
    heartbeat: 'active',
    reconciliation: 'active',
    journal: 'active',
    paused: 'active',
    duplicates: 'active',
  },
}

/**
 * The trading state: the strictest of its reasons (kill switches, the operator, heartbeat, reconciliation, journal, a pause of
 * the plane, duplicates).
 *
 * Invariants
 * 1. An active kill switch means `halted`.
 * 2. The operator's command is cleared only by a command, a switch by the strategy plane; a condition may be cleared by its setter.
 */
export class TradingMode {
  readonly #switches: Set<SwitchType>
  readonly #conditions: Record<TradingCondition, TradingState>
  #operator: TradingState
  #state: TradingState = 'active'
  #activeSwitch: SwitchType | undefined

  constructor({ switches, operator, conditions }: TradingModeSnapshot = allActive) {
    this.#switches = new Set(switches)
    this.#operator = operator
    this.#conditions = { ...conditions }
    this.#update()
  }

  /** The current trading state. */
  get state(): TradingState {
    return this.#state
  }

  /** The active kill switch that was tripped first. */
  get activeSwitch(): SwitchType | undefined {
    return this.#activeSwitch
  }

  /** Handles a kill switch that was tripped, re-armed by command, or released by itself. */
  setSwitch(type: SwitchType, active: boolean): void {
    if (active) this.#switches.add(type)
    else this.#switches.delete(type)
    this.#update()
  }

  /**
   * Halt and reduce act at once and never loosen: a reduce leaves a halt in force. Resume undoes them. The strategy plane
   * confirms a re-arm by the switch's event.
   */
  command(command: OperatorCommandCode): void {
    if (command === 'halt') this.#operator = 'halted'
    else if (command === 'reduce') this.#operator = this.#operator === 'halted' ? 'halted' : 'reducing'
    else if (command === 'resume') this.#operator = 'active'
    this.#update()
  }

  /** Sets the trading state that the condition calls for; `active` clears it. */
  setCondition(condition: TradingCondition, state: TradingState): void {
    this.#conditions[condition] = state
    this.#update()
  }

  /**
   * The strictest reason that remains once a command, and the re-arming of the switches that it asks for, have taken
   * effect.
   */
  stateAfter(command: OperatorCommandCode): TradingState {
    const isHaltUndone = command === 'resume' || (command === 'reduce' && this.#operator === 'halted')
    const remaining =
      command === 'rearm' ? [] : [...this.#switches].filter((type) => !isHaltUndone || type !== 'manual')
    const { operator, ...rest } = this.snapshot()
    const after = new TradingMode({ ...rest, operator, switches: remaining })
    if (isHaltUndone) after.command('resume')
    after.command(command)
    return after.state
  }

  snapshot(): TradingModeSnapshot {
    return { switches: [...this.#switches], operator: this.#operator, conditions: { ...this.#conditions } }
  }

  #update(): void {
    this.#activeSwitch = this.#switches.values().next().value
    const reasons = [
      this.#activeSwitch ? 'halted' : 'active',
      this.#operator,
      ...Object.values(this.#conditions),
    ] as const
    this.#state = reasons.reduce((a, b) => (tradingStates.indexOf(b) > tradingStates.indexOf(a) ? b : a))
  }
}
