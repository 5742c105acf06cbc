import type { Event } from './event.ts'
import type { Outbox } from './outbox.ts'

/**
 * The synchronous, deterministic heart of a plane: events in, events out. It takes no clock, no logger, no metrics.
 *
 * Invariants
 * 1. Inputs arrive in input order (effect time, rank, producer, sequence).
 * 2. Timers and venue replies live in the core's own agenda, with an effect time and a rank; what is due before an input is
 *    handled before it. So the granularity of advances never changes the output.
 * 3. No input arrives twice: the host drops duplicates by the producer's high-water mark. So there may be one mark for each
 *    partition and key, within which order is certain.
 */
export interface PlaneCore<In extends Event, Out extends Event> {
  readonly outbox: Outbox<Out>
  /** Handles what is due before `event`, then the event. */
  process(event: In): void
  /** States that no more inputs with an effect time at or before `throughUs` will arrive, and handles what is due. */
  advance(throughUs: number): void
  /** Effect time of the next timer or venue reply; Infinity when nothing is due. */
  nextDueUs(): number
  /** Everything that the core needs to continue from here, as JSON. */
  snapshot(): unknown
}
