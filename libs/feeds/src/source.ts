import { field, stateSchema, type Event, type Instrument, type InstrumentId, type StateOf } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import { DEFAULT_HOLE_US, openCapture } from './capture/open-capture.ts'
import type { Feed } from './feed.ts'
import type { FeedNotice } from './live/feed-notice.ts'
import { createLiveFeed } from './live/live-feed.ts'
import type { WantedBars } from './live/wanted-bars.ts'
import { limitFeed } from './playback/limit-feed.ts'
import { mergeFeeds } from './playback/merge-feeds.ts'
import { paceFeed, type PaceOptions } from './playback/pace-feed.ts'
import { skipFeed } from './playback/skip-feed.ts'
import { scenarioNames, scenarios, type ScenarioName } from './simulated/scenario.ts'
import { simulatedFeed, type SimulatedCheckpoint } from './simulated/simulated-feed.ts'
import { createSimulatedMarket, type SimulatedMarketState } from './simulated/simulated-market.ts'

/** The source of a run's frames. */
export interface Source {
  /** Label of metrics and events: capture, sim, or that of the live venue. */
  readonly name: string
  readonly description: string
  readonly feed: Feed
  /** Venues whose instruments the run trades. */
  readonly venues: readonly string[]
  /** Market time of the first item. */
  readonly startUs: number
  /** Share of the input read so far, 0-1; absent without an end. */
  readonly progress?: () => number
  /** The state from which a resumed run continues; absent for captures. */
  readonly marketState?: () => SimulatedMarketState
  /** A checkpoint from which a running simulation can resume; absent for captures. */
  readonly checkpoint?: () => SimulatedCheckpoint
  /** Symbols of the instruments in a recording of our own; absent when it may have any of its venues'. */
  readonly symbols?: readonly string[]
  /** Requests a fresh book; absent when the source brings one by itself or never. */
  readonly requestSnapshot?: (instrument: InstrumentId) => void
  /** Requests the venue's own list of its instruments; absent when there is none. */
  readonly requestInstrumentList?: () => void
}

/** Requests from a live venue what an event of the data plane says is missing: a book, or the steps of an instrument. */
export function requestMissing(source: Source, event: Event): void {
  if (event.type !== 'marketStatus' || event.instrument === undefined) return
  if (event.status === 'book_invalid') source.requestSnapshot?.(event.instrument)
  if (event.status === 'steps_unknown') source.requestInstrumentList?.()
}

/** The simulated market of a run; saved with its state. */
export const simulationPlanSchema = stateSchema({
  seed: field.count,
  startUs: field.timeUs,
  scenario: field.as<ScenarioName>(field.oneOf(scenarioNames)),
  sessions: field.oneOf(['always', 'real']),
})
export type SimulationPlan = StateOf<typeof simulationPlanSchema>

/** How to play a source: at what pace against wall time, for how much market time, and from which item on. */
export interface Playing {
  readonly speed: number | 'max'
  /** Market time from the first item on, skipped or not. */
  readonly durationUs: number | undefined
  /** Market time that was due some wall time ago; default: the first item that is not skipped is due now. */
  readonly anchor?: PaceOptions['anchor']
  /** Number of items, not counting `time`, that were taken before: they are skipped without waiting. Default 0. */
  readonly skip?: number
}

export interface CapturePlan extends Playing {
  readonly captures: readonly string[]
  /** Venue and product of the files; detected from their content unless given. */
  readonly venue: string | undefined
  /** Label of metrics and events. Default: that of the live feed in a recording, else `capture`. */
  readonly source?: string
  /** Time without a line, microseconds, while a session is open, that makes a hole: it is jumped over. Default 60 s. */
  readonly holeUs?: number
  /** Their sessions decide when silence is not a hole. */
  readonly instruments?: readonly Pick<Instrument, 'venue' | 'session'>[]
}

/** Opens the capture files of a replay. Throws CaptureError. */
export async function openCaptures(options: CapturePlan, clock: Clock): Promise<Source> {
  const { durationUs, speed, anchor, skip = 0, holeUs = DEFAULT_HOLE_US, instruments = [] } = options
  const settings = {
    ...(options.venue !== undefined && { venue: options.venue }),
    holeUs,
    sessions: (venue: string) => instruments.filter((one) => one.venue === venue).map(({ session }) => session),
  }
  const open = (source?: string) =>
    Promise.all(
      options.captures.map((file) => openCapture(file, { ...settings, ...(source !== undefined && { source }) })),
    )
  let captures = await open(options.source)
  if (new Set(captures.map(({ origin }) => origin.source)).size > 1) captures = await open('capture')
  const [first] = captures
  const symbols = captures.flatMap((capture) => capture.symbols ?? [])
  const merged = mergeFeeds(captures, { holeUs })
  const limited = durationUs === undefined ? merged : limitFeed(merged, durationUs)
  const bytesTotal = captures.reduce((sum, capture) => sum + capture.bytesTotal, 0)
  return {
    name: first?.origin.source ?? 'capture',
    description: `capture ${options.captures.join(', ')}`,
    feed: paceFeed(skipFeed(limited, skip), { speed, clock, anchor, holeUs }),
    venues: [...new Set(captures.map(({ origin }) => origin.venue))],
    startUs: Math.min(...captures.map(({ startUs }) => startUs)),
    ...(captures.every((capture) => capture.symbols) && { symbols }),
    progress: () => captures.reduce((sum, capture) => sum + capture.bytesRead(), 0) / bytesTotal,
  }
}

export interface LivePlan {
  /** Id of a venue that supports live data. */
  readonly venue: string
  readonly instruments: readonly Instrument[]
  /** Market time from the first item on. */
  readonly durationUs: number | undefined
  /** A new file to record into. */
  readonly recordFile: string | undefined
  /** URL of the venue's streams and REST paths, instead of its own. */
  readonly wsUrl?: string | undefined
  readonly restUrl?: string | undefined
  /** Past bars to request from the venue, for each instrument; default none. */
  readonly pastBars?: readonly WantedBars[]
  readonly onNotice: (notice: FeedNotice) => void
}

/** Goes live at a venue; its recording replays to the same run. */
export function openLive(plan: LivePlan, clock: Clock): Source {
  const { venue, instruments, durationUs, recordFile, wsUrl, restUrl, pastBars, onNotice } = plan
  const live = createLiveFeed({
    ...{ venue, instruments, clock, pastBars, onNotice },
    ...(recordFile !== undefined && { recordTo: { file: recordFile } }),
    ...(wsUrl !== undefined && { wsUrl }),
    ...(restUrl !== undefined && { restUrl }),
  })
  const played = durationUs === undefined ? live : limitFeed(live, durationUs)
  let startUs: number | undefined
  return {
    name: live.origin.source,
    description: `live at ${venue}`,
    feed: {
      async *batches() {
        for await (const items of played.batches()) {
          startUs ??= items[0]?.tsRecvUs
          yield items
        }
      },
      close: () => played.close(),
    },
    venues: [venue],
    get startUs() {
      return startUs ?? clock.nowUs()
    },
    requestSnapshot: (instrument) => live.requestSnapshot(instrument),
    requestInstrumentList: () => live.requestInstrumentList(),
  }
}

/** Starts the simulated market, or resumes it: `items` had been handed over before `state`, and `skip` since. */
export function openSimulation(
  plan: SimulationPlan,
  options: Playing,
  clock: Clock,
  state?: SimulatedMarketState,
  items = 0,
): Source {
  const market = createSimulatedMarket({ ...plan, scenario: scenarios[plan.scenario] }, state)
  const startUs = market.nowUs()
  const { durationUs, speed, anchor, skip = 0 } = options
  const feed = simulatedFeed(market, { items, ...(durationUs !== undefined && { untilUs: startUs + durationUs }) })
  return {
    name: 'sim',
    description: 'simulated market',
    // The generator itself ends the feed, so that its state matches the items handed over.
    feed: paceFeed(skipFeed(feed, skip), { speed, clock, anchor }),
    venues: ['sim'],
    startUs,
    marketState: () => market.snapshot(),
    checkpoint: () => feed.checkpoint(),
  }
}
