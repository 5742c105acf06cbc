import {
  field,
  normalizeRefusals,
  stateSchema,
  validationRefusals,
  zeroCounts,
  type Instrument,
  type InstrumentId,
  type StateOf,
} from '@triplane/contracts'
import { clockOffsetSchema, gapLedgerSchema } from '@triplane/market-data'
import { laneSchema } from './lane.ts'

/** The core's dependencies. */
export interface DataPlaneDeps {
  /** Label of the feed: sim, capture. */
  readonly source: string
  /** The instruments of the run. */
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  /** Called for each understood event with a time, refused ones included, with its delay above the clock offset. */
  readonly onDelay?: ((instrument: InstrumentId, delayUs: number) => void) | undefined
}

const refusals = [...normalizeRefusals, ...validationRefusals] as const

/** The schema of the core's saved state. */
export const dataPlaneSchema = stateSchema({
  lastSeq: field.count,
  nowUs: field.timeUs,
  /** Null before the first item. */
  nextTimerUs: field.orNull(field.timeUs),
  framesIn: field.count,
  controls: field.count,
  /** Events and refusals after the first of their frame. */
  further: field.count,
  refused: field.countsOf(refusals),
  connectedVenues: field.list(field.text),
  /** When the last connection was lost; null while there is one, and before the first. */
  downSinceUs: field.orNull(field.timeUs),
  clocks: field.list(stateSchema({ venue: field.text, clock: clockOffsetSchema })),
  gaps: gapLedgerSchema,
  lanes: field.list(laneSchema),
})
export type DataPlaneSnapshot = StateOf<typeof dataPlaneSchema>

/** The state of a new core. */
export const beforeFirstItem: DataPlaneSnapshot = {
  lastSeq: 0,
  nowUs: 0,
  nextTimerUs: null,
  framesIn: 0,
  controls: 0,
  further: 0,
  refused: zeroCounts(refusals),
  connectedVenues: [],
  downSinceUs: null,
  clocks: [],
  gaps: { count: 0, missing: 0 },
  lanes: [],
}
