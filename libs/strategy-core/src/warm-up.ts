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

/** How far the warm-up of an instrument is, as it is saved. */
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

/** The bars of one length that the strategy was given. */
interface Series {
  readonly timeframe: Timeframe
  /** Whole ones, of before the run and of its own. */
  bars: number
  /** Start of the newest of them; 0 before the first. */
  newestUs: number
  /** Start of the newest of before the run; 0 before the first. */
  pastUs: number
  /** A bar of the run's own has followed them. */
  isJoined: boolean
  /** The first that follows, while it is not whole and the venue's own may still come in its place. */
  held: Bar | null
}

interface InstrumentState {
  isWarm: boolean
  readonly series: readonly Series[]
}

/**
 * What of its declared history a strategy has had, by instrument, and which bars it is given of those lengths.
 *
 * Invariants
 * 1. A bar is given once: what came as a past bar is not given again as one of the run's own, nor a past bar that is no newer than what
 *    was given.
 * 2. An instrument is warm once it has had as many whole bars of each length as are declared, and stays so until the strategy begins
 *    anew. Without a declaration it is warm.
 * 3. The run's own bar in which its data began is not whole. Behind past bars it waits for the venue's own, at most until the next bar
 *    of its length comes; then it is given as it is, before that one.
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

  /** The instruments of which the strategy's decisions are not taken yet. */
  get cold(): readonly InstrumentId[] {
    return [...this.#of].flatMap(([id, { isWarm }]) => (isWarm ? [] : [id]))
  }

  /** Whether decisions about the instrument are taken. */
  isWarm(instrument: InstrumentId): boolean {
    return this.#of.get(instrument)?.isWarm ?? true
  }

  /** Other parameters may declare another number of bars; what is warm stays so. */
  retune(wanted: readonly WarmUpBars[]): void {
    this.#wanted = wanted
  }

  /** What the strategy is given when one of the run's own bars comes, oldest first. */
  onBar(bar: Bar): readonly Bar[] {
    const state = this.#of.get(bar.instrument)
    const series = state?.series.find(({ timeframe }) => timeframe === bar.timeframe)
    if (!state || !series) return [bar]
    if (bar.openTimeUs <= series.pastUs) return []
    const { held } = series
    const isFirst = series.pastUs > 0 && !series.isJoined && held === null
    if (isFirst && bar.incomplete) series.held = bar
    // What waits is not whole, however it is revised.
    if (series.held?.openTimeUs === bar.openTimeUs) return []
    series.held = null
    series.isJoined = true
    if (bar.closed && !bar.incomplete && !bar.revised && bar.openTimeUs > series.newestUs)
      this.#count(state, series, bar)
    return held ? [held, bar] : [bar]
  }

  /** What the strategy is given when a bar of before the run comes, oldest first. */
  onPastBar(bar: PastBar): readonly (Bar | PastBar)[] {
    const state = this.#of.get(bar.instrument)
    const series = state?.series.find(({ timeframe }) => timeframe === bar.timeframe)
    if (!state || !series || bar.openTimeUs <= series.newestUs) return []
    const { held } = series
    // The venue has no bar of its interval.
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
