import type { Event } from './event.ts'
import type { Outbox } from './outbox.ts'

/**
 * The synchronous, deterministic heart of a plane: events in, events out. It takes no clock, no logger, no metrics.
 *
 * Invariants
 * 1. Inputs come in input order (effect time, rank, producer, sequence).
 * 2. Timers and venue replies live in the core's own agenda, with an effect time and a rank; what is due before an
 *    input is handled before it. So how finely time is advanced changes nothing in the output.
 * 3. Nothing comes twice: the host drops what a producer's high-water mark has passed. So the mark may be one for each
 *    partition and key, in which order is certain.
 */
export interface PlaneCore<In extends Event, Out extends Event> {
  readonly outbox: Outbox<Out>
  /** Handles what is due before `event`, then the event. */
  process(event: In): void
  /** States that no input with an effect time at or before `throughUs` will come any more, and handles what is due. */
  advance(throughUs: number): void
  /** Effect time of the next timer or venue reply; Infinity when nothing is due. */
  nextDueUs(): number
  /** Everything that the core needs to go on from here, as JSON. */
  snapshot(): unknown
}
