import { effectUsOf, rank, rankOf, type Event, type PlaneCore, type Rank, type SchemaOf } from '@triplane/contracts'
import { OrderedInputs, orderedInputsSchema, type OrderedInputsSnapshot } from './ordered-inputs.ts'

/** The saved state of a core and its waiting inputs. */
export interface SteppedState<In extends Event = Event, CoreState = unknown> {
  readonly core: CoreState
  readonly inputs: OrderedInputsSnapshot<In>
}

/** The fields of that state: `core` is the schema of the core's state, `input` that of its inputs. */
export function steppedFields<In extends Event, CoreState>(core: SchemaOf<CoreState>, input: SchemaOf<In>) {
  return { core, inputs: orderedInputsSchema(input) }
}

const nothing: readonly never[] = []

/**
 * Steps a core through its inputs, in input order, wherever it runs: in lockstep with others in one process, or alone over
 * Kafka. Its driver supplies the inputs and advances market time; nothing here waits.
 */
export class Stepper<In extends Event, Out extends Event> {
  readonly #core: PlaneCore<In, Out>
  readonly #inputs: OrderedInputs<In>
  readonly #process: (event: In) => void

  /**
   * `waiting` are the inputs that a saved core had not handled. `heard` are the types that the core hears, all by default: what
   * else waits is dropped when it is its turn.
   */
  constructor(core: PlaneCore<In, Out>, waiting?: OrderedInputsSnapshot<In>, heard?: ReadonlySet<Event['type']>) {
    this.#core = core
    this.#inputs = new OrderedInputs(waiting)
    this.#process = (event) => {
      if (heard === undefined || heard.has(event.type)) core.process(event)
    }
  }

  /** Queues an input for its step. */
  push(producer: string, event: In): void {
    this.#inputs.push(producer, event)
  }

  /**
   * The same when the step up to and including (`throughUs`, `throughRank`) follows at once: an input that is due in it and
   * comes before everything that waits, as nearly all market data does, goes straight to the core.
   */
  accept(producer: string, event: In, throughUs: number, throughRank: Rank): void {
    const effectUs = effectUsOf(event)
    const isDue = effectUs < throughUs || (effectUs === throughUs && rankOf[event.type] <= throughRank)
    if (isDue && effectUs < this.#inputs.nextUs()) this.#core.process(event)
    else this.#inputs.push(producer, event)
  }

  /**
   * Handles, in input order, what waits up to and including (`throughUs`, `throughRank`), and returns the output since the last
   * step. The last rank closes the instant: timers and replies that are due are handled too.
   */
  step(throughUs: number, throughRank: Rank): readonly Out[] {
    this.#inputs.release(throughUs, throughRank, this.#process)
    if (throughRank === rank.strategy) this.#core.advance(throughUs)
    return this.#core.outbox.size > 0 ? this.#core.outbox.drain() : nothing
  }

  /** Effect time of the next timer, reply or waiting input; Infinity when there is none. */
  nextDueUs(): number {
    return Math.min(this.#core.nextDueUs(), this.#inputs.nextUs())
  }

  snapshot(): SteppedState<In> {
    return { core: this.#core.snapshot(), inputs: this.#inputs.snapshot() }
  }
}
