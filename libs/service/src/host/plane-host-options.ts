import type { Event, Heartbeat, Run } from '@triplane/contracts'
import type { Clock, Result } from '@triplane/kernel'
import type { BusRecord, Consumer, Plane, Position, Refusal, RefusedRecord } from '@triplane/messaging'
import type { InputLog } from '../log/input-log.ts'
import type { InputLogError } from '../log/log-segment.ts'
import type { Snapshot, Snapshots } from '../log/snapshots.ts'
import type { AskEnds, MarketPartition } from './catch-up.ts'
import type { HostState } from './host-state.ts'
import type { Judge } from './judge.ts'
import type { PlaneOutput } from './plane-output.ts'
import type { GatedPartition } from './watermark-gate.ts'

/** What a hosted plane is joined to: its core, run, bus, log and snapshots. */
export interface PlaneHostOptions<In extends Event, Out extends Event, Payload> {
  readonly plane: Plane<In, Out>
  readonly run: Run
  /** Starts at `positions`. */
  readonly consumer: Consumer<Payload>
  readonly positions: readonly Position[]
  readonly output: PlaneOutput<Out>
  /** Partitions whose watermarks count in lockstep. */
  readonly gated: readonly GatedPartition[]
  /** The partitions of market data, which a live plane reads to the end to catch up. */
  readonly market: readonly MarketPartition[]
  /** Asks for the ends of its partitions after a pause. */
  readonly askEnds?: AskEnds
  /** Called when a live plane was paused, and when it has read what it missed; it may inject. */
  readonly onPause?: ((what: 'paused' | 'caught up') => void) | undefined
  /** Called when other producers than before are not heard, each `<producer> on <topic>`; it may inject. */
  readonly onUnheard?: ((producers: readonly string[]) => void) | undefined
  /** In lockstep: the least time between the effects of an input and an output. 0 for the strategy plane. */
  readonly leadUs: number
  readonly log: InputLog
  readonly snapshots: Pick<Snapshots<HostState>, 'encode' | 'save'>
  readonly saved: Snapshot<HostState<In>> | undefined
  readonly snapshotEveryMs: number
  /** Decodes a payload that came from outside; of the types that are not `taken` it need not say anything. */
  readonly decode: (record: BusRecord<Payload>, taken: ReadonlySet<Event['type']>) => Result<readonly Event[], Refusal>
  /** Called with each new record before its turn: with an error `run` ends in front of it, cleanly, and rejects. */
  readonly mustStopAt?: (record: BusRecord<Payload>, taken: ReadonlySet<Event['type']>) => Error | undefined
  /** Each judges a record that decodes, once: what is refused is in the turn, and a repeated turn judges nothing. */
  readonly judges?: readonly Judge[]
  /** How far market time may be ahead of the clock at speed 1, microseconds. */
  readonly aheadUs: number
  /** Called with each refused record once its turn is in the log. */
  readonly deadLetter: (refused: RefusedRecord<Payload>) => void
  /** Called with each record before the core handles it, but not while turns are repeated. */
  readonly onRecord?: ((record: BusRecord<Payload>, events: readonly Event[]) => void) | undefined
  /** Called once, after the logged turns are repeated and before anything new. */
  readonly beforeLive?: (() => Promise<void>) | undefined
  /** Rehearses a decision, in idle moments. */
  readonly rehearse?: (() => void) | undefined
  /** Called with heartbeats of the stage that the plane follows. */
  readonly onHeartbeat: (heartbeat: Heartbeat) => void
  /** The input log cannot be written, or can again; outputs wait until it can. A failed sync also ends `run`. */
  readonly onLogFault: (fault: InputLogError | undefined) => void
  /** A snapshot could not be written; the newest one stays valid, and the next is attempted on schedule. */
  readonly onSnapshotFault: (fault: unknown) => void
  readonly clock: Clock
}
