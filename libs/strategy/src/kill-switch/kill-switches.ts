import {
  field,
  stateSchema,
  switchTypes,
  type KillSwitch,
  type StateOf,
  type SwitchType,
  type TrippableSwitch,
} from '@triplane/contracts'
import type { Silence } from './data-silence.ts'

export interface KillSwitchConfig {
  /** How many evaluations in a row must exceed a limit. */
  readonly confirmations: number
  /** Loss of the run, USD. */
  readonly lossLimitUsd: number
  /** Fall from the highest equity, 0-1. */
  readonly drawdownLimitRatio: number
  /** Market time without any data of a whole source, in open sessions. */
  readonly silenceLimitMs: number
  /** Share of gross exposure, 0-1, that may be in stale instruments. */
  readonly staleExposureLimitRatio: number
}

/** What the switches judge. */
export interface Measured {
  /** Starting cash less equity; negative for a gain. */
  readonly lossUsd: number
  readonly drawdownRatio: number
  readonly silence: Silence
  /** Share of gross exposure in stale instruments, 0-1; 0 without positions. */
  readonly staleExposureRatio: number
}

/** A switch tripped or was re-armed. */
export type SwitchChange = Pick<KillSwitch, 'switchType' | 'active' | 'value' | 'limit' | 'why'>

export interface SwitchStatus {
  readonly active: boolean
  /** From 0 (far) to 1 (tripped). */
  readonly distanceRatio: number
}

const switchSchema = stateSchema({
  active: field.flag,
  /** Evaluations in a row beyond the limit. */
  breaches: field.count,
  value: field.real,
  /** The limit `value` was measured against. */
  limit: field.real,
})
type SwitchState = { -readonly [Field in keyof StateOf<typeof switchSchema>]: StateOf<typeof switchSchema>[Field] }

/** The switches as they are saved. */
export const killSwitchesSchema = stateSchema({
  pnl: switchSchema,
  drawdown: switchSchema,
  psr: switchSchema,
  stale_data: switchSchema,
  manual: switchSchema,
} satisfies Record<SwitchType, typeof switchSchema>)
export type KillSwitchesSnapshot = StateOf<typeof killSwitchesSchema>

export interface KillSwitches {
  readonly anyActive: boolean
  /** Judges `pnl`, `drawdown` and `stale_data`; returns those that trip now. */
  evaluate(measured: Measured): readonly SwitchChange[]
  /** Trips `manual`; undefined when it is already active. */
  trip(who: string, why: string): SwitchChange | undefined
  /** Activates those of `types` that are not: they were active when another run had the account. */
  latch(types: readonly TrippableSwitch[], why: string): readonly SwitchChange[]
  /** Re-arms the active ones of `types`. One whose cause persists trips again once confirmed. */
  rearm(types: readonly SwitchType[], who: string, why: string): readonly SwitchChange[]
  status(): Readonly<Record<SwitchType, SwitchStatus>>
  snapshot(): KillSwitchesSnapshot
}

/**
 * Builds the kill switches of a run. `psr` is known and never trips: it has no measure yet.
 *
 * Invariants
 * 1. A switch trips only after `confirmations` consecutive evaluations beyond its limit; `manual` trips at once.
 * 2. A measure that cannot be computed counts as beyond its limit.
 * 3. A tripped switch is latched: only `rearm` makes it inactive, whatever is measured.
 */
export function createKillSwitches(config: KillSwitchConfig, snapshot?: KillSwitchesSnapshot): KillSwitches {
  const limits: Readonly<Record<SwitchType, number>> = {
    pnl: config.lossLimitUsd,
    drawdown: config.drawdownLimitRatio,
    psr: 1,
    stale_data: config.silenceLimitMs,
    manual: 1,
  }
  const untouched = (type: SwitchType): SwitchState => ({ active: false, breaches: 0, value: 0, limit: limits[type] })
  const states: Record<SwitchType, SwitchState> = snapshot
    ? structuredClone(snapshot)
    : {
        pnl: untouched('pnl'),
        drawdown: untouched('drawdown'),
        psr: untouched('psr'),
        stale_data: untouched('stale_data'),
        manual: untouched('manual'),
      }

  let anyActive = isAnyActive()

  function isAnyActive(): boolean {
    return switchTypes.some((type) => states[type].active)
  }

  /** Records a measurement and its limit; true when that trips the switch. NaN counts as at the limit. */
  function trips(
    type: TrippableSwitch,
    measured: number,
    confirmations: number,
    limit = limits[type],
    isBeyond = !(measured < limit),
  ): boolean {
    const state = states[type]
    const value = Number.isNaN(measured) ? limit : measured
    state.value = value
    state.limit = limit
    if (state.active) return false
    state.breaches = isBeyond ? state.breaches + 1 : 0
    state.active = state.breaches >= confirmations
    anyActive ||= state.active
    return state.active
  }

  function change(switchType: SwitchType, why: string): SwitchChange {
    const { active, value, limit } = states[switchType]
    return { switchType, active, value, limit, why }
  }

  /** `stale_data` has two measures. Reports the one beyond its limit, else the one closer to it. */
  function staleDataTrips({ silence: { source, silentMs }, staleExposureRatio }: Measured): SwitchChange | undefined {
    const { confirmations, silenceLimitMs, staleExposureLimitRatio } = config
    const isSilent = silentMs >= silenceLimitMs
    const isExposed = !(staleExposureRatio <= staleExposureLimitRatio)
    const isCloser = staleExposureRatio / staleExposureLimitRatio > silentMs / silenceLimitMs
    if (!isSilent && (isExposed || isCloser)) {
      const [value, limit] = [staleExposureRatio, staleExposureLimitRatio]
      if (!trips('stale_data', value, confirmations, limit, isExposed)) return undefined
      const share = `${(value * 100).toFixed(1)} % of gross exposure is in stale instruments`
      return change('stale_data', `${share}, the limit is ${(limit * 100).toFixed(1)} %`)
    }
    if (!trips('stale_data', silentMs, confirmations)) return undefined
    return change(
      'stale_data',
      `No data of ${source} for ${Math.round(silentMs)} ms, the limit is ${silenceLimitMs} ms`,
    )
  }

  return {
    get anyActive() {
      return anyActive
    },

    evaluate(measured) {
      const { lossUsd, drawdownRatio } = measured
      const { confirmations, lossLimitUsd, drawdownLimitRatio } = config
      const tripped: SwitchChange[] = []
      if (trips('pnl', lossUsd, confirmations)) {
        tripped.push(change('pnl', `Loss of ${lossUsd.toFixed(2)} USD reached the limit of ${lossLimitUsd} USD`))
      }
      if (trips('drawdown', drawdownRatio, confirmations)) {
        const percents = `${(drawdownRatio * 100).toFixed(2)} % reached the limit of ${(drawdownLimitRatio * 100).toFixed(2)} %`
        tripped.push(change('drawdown', `Drawdown of ${percents}`))
      }
      const isStale = staleDataTrips(measured)
      if (isStale) tripped.push(isStale)
      return tripped
    },

    trip(who, why) {
      return trips('manual', 1, 1) ? change('manual', `${who}: ${why}`) : undefined
    },

    latch(types, why) {
      return types.filter((type) => trips(type, limits[type], 1)).map((type) => change(type, why))
    },

    rearm(types, who, why) {
      const rearmed = types.filter((type) => states[type].active)
      for (const type of rearmed) {
        const state = states[type]
        state.active = false
        state.breaches = 0
        if (type === 'manual') state.value = 0
      }
      anyActive = isAnyActive()
      return rearmed.map((type) => change(type, `${who}: ${why}`))
    },

    status() {
      const statuses = switchTypes.map((type) => {
        const { active, value, limit } = states[type]
        return [type, { active, distanceRatio: active ? 1 : Math.min(1, Math.max(0, value / limit)) }]
      })
      return Object.fromEntries(statuses) as Record<SwitchType, SwitchStatus>
    },

    snapshot() {
      return structuredClone(states)
    },
  }
}
