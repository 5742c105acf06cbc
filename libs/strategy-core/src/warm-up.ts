import {
  field,
  instrumentId,
  stateSchema,
  timeframes,
  type Bar,
  type Instrument,
  type InstrumentId,
  type PastBar,
  type StateOf,
  type Timeframe,
} from '@triplane/contracts'
import type { WarmUpBars } from '@triplane/strategy'

/** The progress of an instrument's warm-up, as it is saved. */
export const warmUpSchema = stateSchema({
  instrument: field.text,
  isWarm: field.flag,
  series: field.list(
    stateSchema({
      timeframe: field.oneOf(timeframes),
      bars: field.count,
      newestUs: field.timeUs,
      pastUs: field.timeUs,
      isJoined: field.flag,
      held: field.orNull(field.event('bar')),
    }),
  ),
})
type SavedWarmUp = StateOf<typeof warmUpSchema>

/** The bars of one length that the strategy received. */
interface Series {
  readonly timeframe: Timeframe
  /** The number of complete bars, from before the run and from it. */
  bars: number
  /** Start of the newest of them; 0 before the first. */
  newestUs: number
  /** Start of the newest past bar; 0 before the first. */
  pastUs: number
  /** A bar of the run has followed them. */
  isJoined: boolean
  /** The first bar of the run, while it is incomplete and the venue's own may still replace it. */
  held: Bar | null
}

interface InstrumentState {
  isWarm: boolean
  readonly series: readonly Series[]
}

/**
 * The part of its declared history that a strategy has had, by instrument, and the bars of those lengths that it gets.
 *
 * Invariants
 * 1. A bar is delivered once: a past bar is not delivered again as one of the run's own, nor is a past bar that is no newer
 *    than the last delivered one.
 * 2. An instrument is warm once it has had the declared number of complete bars of each length, and stays warm until the
 *    strategy starts from scratch. Without a declaration it is warm.
 * 3. The run's own bar in which its data began is incomplete. After past bars it waits for the venue's own, at most until the
 *    next bar of its length arrives; then it is delivered as it is, before that one.
 */
export class WarmUp {
  readonly #of: ReadonlyMap<InstrumentId, InstrumentState>
  #wanted: readonly WarmUpBars[]

  constructor(wanted: readonly WarmUpBars[], universe: readonly Instrument[], saved: readonly SavedWarmUp[] = []) {
    this.#wanted = wanted
    const savedOf = new Map(saved.map((one) => [one.instrument, one]))
    this.#of = new Map(
      (wanted.length > 0 ? universe.map(instrumentId) : []).map((id) => [id, instrumentState(wanted, savedOf.get(id))]),
    )
  }

  /** The instruments that are still warming up. */
  get cold(): readonly InstrumentId[] {
    return [...this.#of].flatMap(([id, { isWarm }]) => (isWarm ? [] : [id]))
  }

  /** Whether decisions about the instrument count. */
  isWarm(instrument: InstrumentId): boolean {
    return this.#of.get(instrument)?.isWarm ?? true
  }

  /** Sets another number of bars, for other parameters; warm instruments stay warm. */
  retune(wanted: readonly WarmUpBars[]): void {
    this.#wanted = wanted
  }

  /** Gives the bars to forward when a bar of the run arrives, oldest first. */
  onBar(bar: Bar): readonly Bar[] {
    const state = this.#of.get(bar.instrument)
    const series = state?.series.find(({ timeframe }) => timeframe === bar.timeframe)
    if (!state || !series) return [bar]
    if (bar.openTimeUs <= series.pastUs) return []
    const { held } = series
    const isFirst = series.pastUs > 0 && !series.isJoined && held === null
    if (isFirst && bar.incomplete) series.held = bar
    // The waiting bar is incomplete, whatever its revision.
    if (series.held?.openTimeUs === bar.openTimeUs) return []
    series.held = null
    series.isJoined = true
    if (bar.closed && !bar.incomplete && !bar.revised && bar.openTimeUs > series.newestUs)
      this.#count(state, series, bar)
    return held ? [held, bar] : [bar]
  }

  /** Gives the bars to forward when a past bar arrives, oldest first. */
  onPastBar(bar: PastBar): readonly (Bar | PastBar)[] {
    const state = this.#of.get(bar.instrument)
    const series = state?.series.find(({ timeframe }) => timeframe === bar.timeframe)
    if (!state || !series || bar.openTimeUs <= series.newestUs) return []
    const { held } = series
    // The venue has no bar for its interval.
    const isStillMissing = held !== null && held.openTimeUs < bar.openTimeUs
    if (held && held.openTimeUs <= bar.openTimeUs) series.held = null
    series.pastUs = bar.openTimeUs
    series.isJoined = false
    this.#count(state, series, bar)
    return isStillMissing ? [held, bar] : [bar]
  }

  snapshot(): readonly SavedWarmUp[] {
    return Array.from(this.#of, ([instrument, { isWarm, series }]) => ({
      ...{ instrument, isWarm },
      series: series.map((one) => ({ ...one })),
    }))
  }

  #count(state: InstrumentState, series: Series, { openTimeUs }: { readonly openTimeUs: number }): void {
    series.bars++
    series.newestUs = openTimeUs
    const barsOf = (wanted: Timeframe) => state.series.find(({ timeframe }) => timeframe === wanted)?.bars ?? 0
    state.isWarm ||= this.#wanted.every(({ timeframe, bars }) => barsOf(timeframe) >= bars)
  }
}

function instrumentState(wanted: readonly WarmUpBars[], saved?: SavedWarmUp): InstrumentState {
  const lengths = timeframes.filter((timeframe) => wanted.some((one) => one.timeframe === timeframe))
  return {
    isWarm: saved?.isWarm ?? false,
    series: lengths.map((timeframe) => ({
      ...{ timeframe, bars: 0, newestUs: 0, pastUs: 0, isJoined: false, held: null },
      ...saved?.series.find((one) => one.timeframe === timeframe),
    })),
  }
}
