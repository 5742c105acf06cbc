import { existsSync, readdirSync } from 'node:fs'
import { ConfigError } from '@triplane/config'
import type { Instrument, Run } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import { explainNoneUnderstood, type FeedItem, type FrameCounts } from '@triplane/market-data'
import type { InMicroseconds } from '@triplane/settings'
import { recordedVenues, venueById } from '@triplane/venues'
import { z } from 'zod'
import { CaptureError } from '../capture/capture-error.ts'
import { openRecording } from '../capture/open-recording.ts'
import type { Feed } from '../feed.ts'
import { createLiveFeed } from '../live/live-feed.ts'
import type { FeedNotice } from '../live/feed-notice.ts'
import { readWantedBars, wantedBarsSetting } from '../live/wanted-bars.ts'
import { skipFeed } from '../playback/skip-feed.ts'
import { scenarios, type ScenarioName } from '../simulated/scenario.ts'
import type { SimulatedCheckpoint } from '../simulated/simulated-feed.ts'
import { openCaptures, openSimulation, type Source } from '../source.ts'

/** The settings for the source of a run's frames. */
export const runSourceSchema = z.strictObject({
  kind: z.enum(['simulated', 'capture', 'venue']).default('simulated'),
  /** Capture files, separated by commas. */
  capture: z.string().min(1).optional(),
  /** Venue and product: of captures that do not reveal it; of the live feed. */
  venue: z.enum(recordedVenues).optional(),
  /** The URL of the venue's streams and REST paths, instead of its own; for a test venue. */
  wsUrl: z.string().min(1).optional(),
  restUrl: z.string().min(1).optional(),
  /** Past bars to request from a live venue, for each instrument, so that strategies can warm up: 1m:31,1d:20. */
  pastBars: wantedBarsSetting,
  /** Market seconds per wall second, or max. */
  speed: z.union([z.number().positive().max(10_000), z.literal('max')]).default(1),
  /** Silence of a capture, milliseconds, while a session is open, that makes a hole: a disconnect that is jumped over. */
  holeLimitMs: z.number().int().positive().max(86_400_000).default(60_000),
  /** Market time after which the run ends, milliseconds; a shorter capture ends by itself. */
  durationMs: z.number().positive().optional(),
})

/** The same with durations in microseconds. */
type RunSourceSettings = InMicroseconds<z.output<typeof runSourceSchema>>

/** The feed of a run, from the data plane's last position on. */
export interface RunSource {
  readonly source: Source
  /** Market time of the run's first item. */
  readonly startUs: number
  /** The end of a run whose feed may not reach it; a capture ends by itself. */
  readonly endUs: number | undefined
}

/**
 * How fast the configured source plays its market, market seconds a second: 0 as fast as it goes; undefined where market time is
 * the clock's, at a venue and in a simulation at speed 1 from the start of the run on.
 */
export function speedOf(
  { kind, speed }: Pick<RunSourceSettings, 'kind' | 'speed'>,
  { startUs }: Pick<Run, 'startUs'>,
): number | undefined {
  const isClocks = kind === 'venue' || (kind === 'simulated' && speed === 1 && startUs === undefined)
  if (isClocks) return undefined
  return speed === 'max' ? 0 : speed
}

/** What was taken before: the number of items, and for a simulation its last checkpoint. */
export interface TakenBefore {
  readonly items: number
  readonly checkpoint?: SimulatedCheckpoint | undefined
}

/** Opens the configured source, behind what was taken before. Throws CaptureError and ConfigError. */
export async function openRunSource(
  run: Run,
  settings: RunSourceSettings,
  clock: Clock,
  venueEdges: VenueEdges,
  before?: TakenBefore,
): Promise<RunSource> {
  const { speed, durationUs } = settings
  if (settings.kind === 'simulated') return openRunSimulation(run, { speed, durationUs }, clock, before)
  if (settings.kind === 'venue') return openRunVenue(run, settings, venueEdges, clock, before)
  if (settings.capture === undefined)
    throw new ConfigError('The configuration', [
      { path: 'source.capture', expected: `a file where source.kind is ${settings.kind}`, found: 'nothing' },
    ])
  const source = await openCaptures(
    {
      captures: settings.capture.split(','),
      venue: settings.venue,
      source: sourceNameOf(settings),
      speed,
      durationUs,
      holeUs: settings.holeLimitUs,
      instruments: venueEdges.instruments,
      skip: before?.items ?? 0,
    },
    clock,
  )
  return { source, startUs: source.startUs, endUs: undefined }
}

/** Throws a CaptureError when a capture that was replayed to its end was useless: no frame of it was understood. */
export function refuseNotUnderstood(
  frames: FrameCounts,
  { kind, capture = '' }: Pick<RunSourceSettings, 'kind' | 'capture'>,
): void {
  const why = kind === 'capture' ? explainNoneUnderstood(frames, 'it') : undefined
  if (why === undefined) return
  const hint = 'See TRIPLANE_MARKET_INSTRUMENT_FILES, TRIPLANE_VENUES and TRIPLANE_SOURCE_VENUE.'
  throw new CaptureError('not_understood', capture, `${why} ${hint}`)
}

function openRunSimulation(
  run: Run,
  { speed, durationUs }: { readonly speed: number | 'max'; readonly durationUs: number | undefined },
  clock: Clock,
  before?: TakenBefore,
): RunSource {
  const { seed = 1, startUs = run.startedAtUs, sessions = 'always' } = run
  const scenario = (run.scenario ?? 'calm') as ScenarioName
  if (!Object.hasOwn(scenarios, scenario))
    throw new ConfigError('The run', [
      { path: 'scenario', expected: `one of ${Object.keys(scenarios).join(', ')}`, found: scenario },
    ])
  const checkpoint = before?.checkpoint
  const endUs = durationUs === undefined ? undefined : startUs + durationUs
  const fromUs = checkpoint?.state.nowUs ?? startUs
  const source = openSimulation(
    { seed, startUs, scenario, sessions },
    {
      speed,
      durationUs: endUs === undefined ? undefined : endUs - fromUs,
      skip: (before?.items ?? 0) - (checkpoint?.items ?? 0),
      anchor: { marketUs: startUs, elapsedUs: clock.nowUs() - run.startedAtUs },
    },
    clock,
    checkpoint?.state,
    checkpoint?.items,
  )
  return { source, startUs, endUs }
}

const liveProtocolOf = (venue: string | undefined) => (venue === undefined ? undefined : venueById(venue)?.live)

/** The label of the configured source, before it is opened. */
export function sourceNameOf({ kind, venue }: Pick<RunSourceSettings, 'kind' | 'venue'>): string {
  if (kind === 'venue') return liveProtocolOf(venue)?.source ?? kind
  return kind === 'simulated' ? 'sim' : kind
}

/** A live feed's dependencies besides its settings. */
export interface VenueEdges {
  readonly instruments: readonly Instrument[]
  /** Where every frame is recorded before it is handed over: the input log of a live data plane. */
  readonly recordTo: string
  readonly onNotice: (notice: FeedNotice) => void
}

/**
 * Goes live at a venue. After a restart it first replays what the previous process recorded after its last snapshot, so that
 * the events are repeated with the same sequences; then follow a disconnect, and the venue.
 */
async function openRunVenue(
  run: Run,
  { venue, wsUrl, restUrl, pastBars }: RunSourceSettings,
  { instruments, recordTo, onNotice }: VenueEdges,
  clock: Clock,
  before?: TakenBefore,
): Promise<RunSource> {
  const protocol = liveProtocolOf(venue)
  if (venue === undefined || protocol === undefined || run.mode === 'lockstep')
    throw new ConfigError('The configuration', [
      { path: 'source.venue', expected: 'a venue, and a live run, where source.kind is venue', found: venue ?? 'none' },
    ])
  const { source } = protocol
  const recorded = existsSync(recordTo) && readdirSync(recordTo).length > 0
  const recording = recorded ? await openRecording(recordTo, { venue, source }) : undefined
  const live = createLiveFeed({
    venue,
    instruments: instruments.filter((instrument) => instrument.venue === venue),
    clock,
    recordTo,
    resumed: recorded,
    pastBars: readWantedBars(pastBars),
    onNotice,
    ...(wsUrl !== undefined && { wsUrl }),
    ...(restUrl !== undefined && { restUrl }),
  })
  const feed: Feed = {
    async *batches(): AsyncGenerator<readonly FeedItem[]> {
      if (recording) yield* skipFeed(recording, before?.items ?? 0).batches()
      yield* live.batches()
    },
    close: () => live.close(),
  }
  return {
    source: {
      name: source,
      description: `live at ${venue}`,
      feed,
      venues: [venue],
      startUs: run.startedAtUs,
      requestSnapshot: (instrument) => live.requestSnapshot(instrument),
      requestInstrumentList: () => live.requestInstrumentList(),
    },
    startUs: run.startedAtUs,
    endUs: undefined,
  }
}
