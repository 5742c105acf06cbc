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
import { SelfRelease, selfReleaseSchema, type SelfReleaseConfig } from './self-release.ts'

/** The limits, and when `stale_data` is released by itself. */
export interface KillSwitchConfig extends SelfReleaseConfig {
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
  /** Market time of the evaluation. */
  readonly nowUs: number
  /** Starting cash less equity; negative for a gain. */
  readonly lossUsd: number
  readonly drawdownRatio: number
  readonly silence: Silence
  /** False while a known source is disconnected, or its recording pauses. */
  readonly areSourcesUp: boolean
  /** Share of gross exposure in stale instruments, 0-1; 0 without positions. */
  readonly staleExposureRatio: number
}

/** A switch tripped, was re-armed or was released by itself. */
export type SwitchChange = Pick<KillSwitch, 'switchType' | 'active' | 'value' | 'limit' | 'why' | 'isSelfReleased'>

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
  staleDataRelease: selfReleaseSchema,
} satisfies Record<SwitchType, typeof switchSchema> & { readonly staleDataRelease: typeof selfReleaseSchema })
export type KillSwitchesSnapshot = StateOf<typeof killSwitchesSchema>

export interface KillSwitches {
  readonly anyActive: boolean
  /** Judges `pnl`, `drawdown` and `stale_data`; returns those that trip now, and `stale_data` when it is released. */
  evaluate(measured: Measured): readonly SwitchChange[]
  /** Trips `manual`; undefined when it is already active. */
  trip(who: string, why: string): SwitchChange | undefined
  /** Activates those of `types` that are not: they were active when another run had the account. An operator re-arms them. */
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
 * 3. A tripped switch is latched: only `rearm` makes it inactive, whatever is measured; but `stale_data` is released by itself
 *    as `SelfRelease` says.
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
  const stateOf = (type: SwitchType): SwitchState => (snapshot ? { ...snapshot[type] } : untouched(type))
  const states: Record<SwitchType, SwitchState> = {
    pnl: stateOf('pnl'),
    drawdown: stateOf('drawdown'),
    psr: stateOf('psr'),
    stale_data: stateOf('stale_data'),
    manual: stateOf('manual'),
  }
  const staleDataRelease = new SelfRelease(config, snapshot?.staleDataRelease)

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

  /** `stale_data` has two measures. */
  function staleDataBreaches({ silence: { silentMs }, staleExposureRatio }: Measured) {
    return {
      isSilent: silentMs >= config.silenceLimitMs,
      isExposed: !(staleExposureRatio <= config.staleExposureLimitRatio),
    }
  }

  /** Trips `stale_data`. Reports the measure beyond its limit, else the one closer to it. */
  function staleDataTrips(measured: Measured): SwitchChange | undefined {
    const { confirmations, silenceLimitMs, staleExposureLimitRatio } = config
    const { isSilent, isExposed } = staleDataBreaches(measured)
    const { silence, staleExposureRatio } = measured
    const { source, silentMs } = silence
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

  /** Judges `stale_data`, which may trip, or heal while it is active. */
  function staleDataChange(measured: Measured): SwitchChange | undefined {
    const wasActive = states.stale_data.active
    const tripped = staleDataTrips(measured)
    if (tripped) {
      const whyLatched = staleDataRelease.onTrip(measured.nowUs)
      return whyLatched === undefined ? tripped : { ...tripped, why: `${tripped.why}; ${whyLatched}` }
    }
    if (!wasActive) return undefined
    const { isSilent, isExposed } = staleDataBreaches(measured)
    const whyReleased = staleDataRelease.judge(measured.nowUs, measured.areSourcesUp && !isSilent && !isExposed)
    if (whyReleased === undefined) return undefined
    disarm('stale_data')
    return { ...change('stale_data', whyReleased), isSelfReleased: true }
  }

  function disarm(type: SwitchType): void {
    states[type].active = false
    states[type].breaches = 0
    anyActive = isAnyActive()
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
      const staleData = staleDataChange(measured)
      return staleData ? [...tripped, staleData] : tripped
    },

    trip(who, why) {
      return trips('manual', 1, 1) ? change('manual', `${who}: ${why}`) : undefined
    },

    latch(types, why) {
      const latched = types.filter((type) => trips(type, limits[type], 1))
      if (latched.includes('stale_data')) staleDataRelease.latch()
      return latched.map((type) => change(type, why))
    },

    rearm(types, who, why) {
      const rearmed = types.filter((type) => states[type].active)
      for (const type of rearmed) {
        disarm(type)
        if (type === 'manual') states.manual.value = 0
        if (type === 'stale_data') staleDataRelease.onRearm()
      }
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
      return { ...structuredClone(states), staleDataRelease: staleDataRelease.snapshot() }
    },
  }
}
