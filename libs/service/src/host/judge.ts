import type { Event, RecordRefusal, Run } from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import type { BusRecord, Refusal } from '@triplane/messaging'
import type { HighWaterMarks } from './high-water-marks.ts'
import type { MarketBound } from './market-bound.ts'

/** Why a record is refused: one of a closed list, and a sentence "Expected X, was Y". */
export interface Verdict extends Refusal {
  readonly code: RecordRefusal
}

/** What a judge may look at besides the record. */
export interface JudgeContext {
  readonly run: Run
  readonly clock: Clock
  readonly bound: Pick<MarketBound, 'allows' | 'firstBeyond' | 'allowsBeat'>
  /** The highest sequences taken. */
  readonly marks: Pick<HighWaterMarks, 'of' | 'highestOf'>
}

/**
 * Judges a record that decodes: undefined passes it, a verdict refuses the whole of it. `events` are those of the types that the
 * plane hears, perhaps none. A judge is asked once, live: a turn that is repeated has what it said then.
 */
export type Judge = (record: BusRecord<unknown>, events: readonly Event[], context: JudgeContext) => Verdict | undefined
