import {
  effectUsOf,
  onlyTightens,
  rank,
  rankOf,
  stageOf,
  type Event,
  type Heartbeat,
  type Run,
} from '@triplane/contracts'
import type { BusRecord, Stepper } from '@triplane/messaging'
import type { HighWaterMarks } from './high-water-marks.ts'
import type { TakenHalts } from './taken-halts.ts'
import { TickOrigins } from './tick-origins.ts'
import { Unheard } from './unheard.ts'

/** The stage where heartbeats start, with market time. */
const SOURCE_STAGE: string = stageOf('data-plane')

export interface EventIntakeOptions<In extends Event> {
  readonly run: Pick<Run, 'runId' | 'account'>
  /** The types of event that are queued. */
  readonly inputTypes: ReadonlySet<Event['type']>
  /** Where inputs wait for their step. */
  readonly inputs: Pick<Stepper<In, Event>, 'push'>
  readonly marks: HighWaterMarks
  readonly halts: TakenHalts
  /** The market time up to which everything was handled: when a halt takes effect. */
  readonly boundUs: () => number
  readonly onHeartbeat: (heartbeat: Heartbeat) => void
}

/** What was skipped, for health and metrics. */
export interface IntakeCounts {
  /** Events at or below a high-water mark. */
  duplicates: number
  /** Records of other runs. */
  foreign: number
}

/**
 * Sorts the events of records: forwards heartbeats to the host, queues inputs in input order, drops and counts
 * duplicates and records of other runs. Halts and reduces are taken of whatever run, sequence and time. Market time is the newest
 * effect time of market data and of the data plane's heartbeats: other producers may go by their own clocks.
 */
export class EventIntake<In extends Event> {
  readonly counts: IntakeCounts = { duplicates: 0, foreign: 0 }
  readonly origins = new TickOrigins()
  /** Of producers of intents, execution and control. */
  readonly unheard: Unheard
  readonly #options: EventIntakeOptions<In>
  #marketUs: number

  constructor(options: EventIntakeOptions<In>, marketUs = 0) {
    this.#options = options
    this.#marketUs = marketUs
    this.unheard = new Unheard(marketUs)
  }

  /** The newest market time seen; 0 before the first. */
  get marketUs(): number {
    return this.#marketUs
  }

  accept(record: BusRecord<unknown>, events: readonly Event[]): void {
    const { inputTypes, inputs, marks } = this.#options
    const { producer, topic, key, runId } = record
    const first = events[0]
    if (first !== undefined && onlyTightens(first)) return this.#tighten(record, events)
    if (!this.#isOurs(record, events)) {
      this.counts.foreign++
      return
    }
    // Every run counts from 1, so sequences of another run mean nothing here.
    const isOwn = runId === this.#options.run.runId
    let mark = isOwn ? marks.of(producer, topic.name, key) : 0
    const before = mark
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as Event
      if (event.type === 'heartbeat') {
        if (event.stage === SOURCE_STAGE) this.#noteTime(event.effectUs)
        this.#options.onHeartbeat(event)
      } else if (inputTypes.has(event.type)) {
        const timeUs = effectUsOf(event)
        const isData = rankOf[event.type] === rank.data
        if (event.seq <= mark) {
          this.counts.duplicates++
          if (!isData) this.unheard.noteDropped(producer, topic.name, timeUs)
          continue
        }
        mark = event.seq
        if (isData) this.#noteTime(timeUs)
        else this.unheard.noteTaken(producer, topic.name, timeUs)
        inputs.push(producer, event as In)
      }
    }
    if (mark === before) return
    if (isOwn) marks.set(producer, topic.name, key, mark)
    const last = events[events.length - 1] as Event
    if (rankOf[last.type] === rank.data)
      this.origins.note(effectUsOf(first as Event), effectUsOf(last), record.tsSentUs)
  }

  /** Queues halts and reduces, of whatever time, sequence and run, for now. A copy changes nothing. */
  #tighten({ runId, producer }: BusRecord<unknown>, events: readonly Event[]): void {
    const { inputTypes, inputs, halts, boundUs } = this.#options
    for (const event of events) {
      if (!onlyTightens(event) || !inputTypes.has(event.type)) continue
      if (halts.add(runId, producer, event)) inputs.push(producer, { ...event, effectUs: boundUs() } as Event as In)
      else this.counts.duplicates++
    }
  }

  #noteTime(timeUs: number): void {
    if (timeUs > this.#marketUs) this.#marketUs = timeUs
  }

  /** A manual kill switch is the account's, in any run; everything else belongs to its run. */
  #isOurs({ runId, key }: BusRecord<unknown>, events: readonly Event[]): boolean {
    if (runId === this.#options.run.runId) return true
    const first = events[0]
    return (
      first?.type === 'killSwitch' && first.switchType === 'manual' && key === `${this.#options.run.account}/manual`
    )
  }
}
