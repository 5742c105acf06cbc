import {
  isKnownCode,
  field,
  orderStates,
  riskCodes,
  stateSchema,
  switchTypes,
  timeframes,
  zeroCounts,
  type Event,
  type OrderState,
  type RiskCode,
  type StateOf,
  type SwitchType,
  type Timeframe,
  type InstrumentId,
} from '@triplane/contracts'
import { countedEvents, reportedBar, reportedBarSchema, type CountedEvent, type ReportedBar } from './report.ts'

interface Counted {
  readonly events: Record<CountedEvent, number>
  gaps: number
  invalidBooks: number
  readonly bars: Record<string, Partial<Record<Timeframe, ReportedBar[]>>>
  readonly ofi: Record<string, { startUs: number; value: number }[]>
  readonly denied: Record<RiskCode, number>
  readonly states: Record<OrderState, number>
  partialFills: number
  slippageBpsSum: number
  slippageBpsWorst: number
  /** When each active switch tripped. */
  readonly trips: Partial<Record<SwitchType, number>>
  ordersAfterTrip: number
  /** How often each switch tripped. */
  readonly tripped: Record<SwitchType, number>
}

/** The saved state of the tally. */
export const runTallySchema = stateSchema({
  events: field.countsOf(countedEvents),
  gaps: field.count,
  invalidBooks: field.count,
  bars: field.list(
    stateSchema({ instrument: field.text, timeframe: field.oneOf(timeframes), bars: field.list(reportedBarSchema) }),
  ),
  ofi: field.list(
    stateSchema({
      instrument: field.text,
      intervals: field.list(stateSchema({ startUs: field.timeUs, value: field.real })),
    }),
  ),
  denied: field.countsOf(riskCodes),
  states: field.countsOf(orderStates),
  partialFills: field.count,
  slippageBpsSum: field.real,
  slippageBpsWorst: field.real,
  trips: field.list(stateSchema({ switchType: field.oneOf(switchTypes), tripUs: field.timeUs })),
  ordersAfterTrip: field.count,
  tripped: field.countsOf(switchTypes),
})
export type RunTallySnapshot = StateOf<typeof runTallySchema>

const nothingCounted: RunTallySnapshot = {
  events: zeroCounts(countedEvents),
  gaps: 0,
  invalidBooks: 0,
  bars: [],
  ofi: [],
  denied: zeroCounts(riskCodes),
  states: zeroCounts(orderStates),
  partialFills: 0,
  slippageBpsSum: 0,
  slippageBpsWorst: 0,
  trips: [],
  ordersAfterTrip: 0,
  tripped: zeroCounts(switchTypes),
}

/** Replaces a closed bar with its revision; inserts it when its interval had no trade before. */
function revise(bars: ReportedBar[], bar: ReportedBar): void {
  const before = bars.findLastIndex(({ openTimeUs }) => openTimeUs <= bar.openTimeUs)
  const isThere = bars[before]?.openTimeUs === bar.openTimeUs
  bars.splice(isThere ? before : before + 1, isThere ? 1 : 0, bar)
}

/**
 * Counts the outputs of the three planes for the report. It sees each event once.
 *
 * Invariants
 * 1. `states` counts how often a state was entered, not how many orders are in it.
 * 2. Memory grows with closed bars, OFI intervals and instruments only, never with events.
 */
export class RunTally {
  readonly #state: Counted

  constructor(saved: RunTallySnapshot = nothingCounted) {
    const { bars, ofi, trips, ...counts } = structuredClone(saved)
    this.#state = {
      ...counts,
      bars: {},
      ofi: Object.fromEntries(ofi.map(({ instrument, intervals }) => [instrument, [...intervals]])),
      trips: Object.fromEntries(trips.map(({ switchType, tripUs }) => [switchType, tripUs])),
    }
    for (const { instrument, timeframe, bars: closed } of bars)
      (this.#state.bars[instrument] ??= {})[timeframe] = [...closed]
  }

  /** The counts: live, they change with the next event. */
  get counted(): Readonly<Counted> {
    return this.#state
  }

  /** Everything that another tally needs to continue from here. */
  snapshot(): RunTallySnapshot {
    const { bars, ofi, trips, ...counts } = structuredClone(this.#state)
    return {
      ...counts,
      bars: Object.entries(bars).flatMap(([instrument, byTimeframe]) =>
        timeframes.flatMap((timeframe) => {
          const closed = byTimeframe[timeframe]
          return closed ? [{ instrument, timeframe, bars: closed }] : []
        }),
      ),
      ofi: Object.entries(ofi).map(([instrument, intervals]) => ({ instrument, intervals })),
      trips: switchTypes.flatMap((switchType) => {
        const tripUs = trips[switchType]
        return tripUs === undefined ? [] : [{ switchType, tripUs }]
      }),
    }
  }

  observe(event: Event): void {
    const state = this.#state
    switch (event.type) {
      case 'trade':
        state.events.trade++
        return
      case 'quote':
        state.events.quote++
        return
      case 'bookDelta':
        state.events.bookDelta++
        return
      case 'bookSnapshot':
        state.events.bookSnapshot++
        return
      case 'ofi': {
        state.events.ofi++
        const intervals = (state.ofi[event.instrument] ??= [])
        const last = intervals[intervals.length - 1]
        if (last !== undefined && last.startUs === event.intervalStartUs) last.value = event.intervalValue
        else intervals.push({ startUs: event.intervalStartUs, value: event.intervalValue })
        return
      }
      case 'bar': {
        if (!event.closed) return
        state.events.bar++
        if (event.origin === 'venue') return
        const bars = (state.bars[event.instrument] ??= {})
        const list = (bars[event.timeframe] ??= [])
        if (event.revised) revise(list, reportedBar(event))
        else list.push(reportedBar(event))
        return
      }
      case 'marketStatus':
        if (event.status === 'gap') state.gaps++
        if (event.status === 'book_invalid') state.invalidBooks++
        return
      case 'signal':
        state.events.signal++
        return
      case 'orderIntent':
        state.events.orderIntent++
        return
      case 'orderEvent':
        if (isKnownCode(orderStates, event.state)) state.states[event.state]++
        if (event.state === 'denied') state.denied[event.reason as RiskCode]++
        if (event.state === 'submitted' && Object.values(state.trips).some((tripUs) => event.tsStateUs > tripUs))
          state.ordersAfterTrip++
        return
      case 'fill':
        state.events.fill++
        if (event.status === 'PARTIAL_FILL') state.partialFills++
        state.slippageBpsSum += event.slippageBps
        state.slippageBpsWorst =
          state.events.fill === 1 ? event.slippageBps : Math.max(state.slippageBpsWorst, event.slippageBps)
        return
      case 'killSwitch':
        if (event.active) {
          state.trips[event.switchType] ??= event.effectUs
          state.tripped[event.switchType]++
        } else delete state.trips[event.switchType]
        return
      default:
        return
    }
  }

  /** Closed bars and those in progress, by instrument and timeframe. */
  barsWith(
    forming: (instrument: InstrumentId, timeframe: Timeframe) => ReportedBar | undefined,
    instruments: readonly InstrumentId[],
  ) {
    return Object.fromEntries(
      instruments.map((instrument) => {
        const byTimeframe = timeframes.map((timeframe) => {
          const last = forming(instrument, timeframe)
          return [timeframe, [...(this.#state.bars[instrument]?.[timeframe] ?? []), ...(last ? [last] : [])]] as const
        })
        return [instrument, Object.fromEntries(byTimeframe)] as const
      }),
    )
  }
}
