import {
  rawOf,
  topics,
  type AccountOpening,
  type AuditLink,
  type DeadLetter,
  type Heartbeat,
  type OperatorCommand,
  type RecordRefusal,
  type Run,
  type TradingConditionChange,
  type Tuning,
} from '@triplane/contracts'
import type { Clock } from '@triplane/kernel'
import { publish, type Producer, type RefusedRecord } from '@triplane/messaging'

/** Characters of the sentence that says why a record was refused. */
const MAX_DETAIL_LENGTH = 1000

export interface EdgeOptions {
  /** Name of its producer. */
  readonly name: string
  /** The stage of the plane's heartbeats: data, strategy, order. */
  readonly stage: string
  readonly producer: Producer
  readonly run: Pick<Run, 'account'>
  /** Its sequences are above it, and it is above those of earlier processes, so that nothing counts as a duplicate. */
  readonly lastSeq: number
  readonly clock: Clock
  readonly onDeadLetter?: (letter: DeadLetter) => void
}

/** What a plane says past its core: heartbeats and dead letters. In no snapshot and no hash. */
export class Edge {
  readonly #options: EdgeOptions
  #seq: number
  #originUs = 0
  #lastSeenUs: number | undefined
  #beatUs = -Infinity

  constructor(options: EdgeOptions) {
    this.#options = options
    this.#seq = options.lastSeq
  }

  get name(): string {
    return this.#options.name
  }

  /** Monotonic time at which the stage before was last heard; undefined before the first time. */
  get lastSeenUs(): number | undefined {
    return this.#lastSeenUs
  }

  /** Notes a heartbeat of the stage before, and passes it on. */
  forward(heartbeat: Heartbeat): void {
    this.#lastSeenUs = this.#options.clock.monotonicUs()
    this.#originUs = heartbeat.originUs
    this.beat(heartbeat.effectUs, heartbeat.originUs)
  }

  /** Says that this stage lives where it has not said so for `silenceUs`: what it forwarded says it too. */
  beatAfter(silenceUs: number, marketUs: number): void {
    if (this.#options.clock.monotonicUs() - this.#beatUs >= silenceUs) this.beat(marketUs)
  }

  /** Says that this stage lives. `originUs` is the newest origin that it has heard of, unless it is the source. */
  beat(marketUs: number, originUs = this.#originUs): void {
    const { stage, producer, run, clock } = this.#options
    this.#beatUs = clock.monotonicUs()
    publish(producer, [{ type: 'heartbeat', seq: ++this.#seq, effectUs: marketUs, stage, originUs }], run.account)
  }

  /** Publishes a command, a tuning, an opening or a condition under the name of this edge; its sequence was given by `nextSeq`. */
  control(event: OperatorCommand | Tuning | AccountOpening | TradingConditionChange): void {
    publish(this.#options.producer, [event], this.#options.run.account)
  }

  /** Publishes the newest link of the chain of audit rows. */
  auditLink({ link, mac, effectUs }: Pick<AuditLink, 'link' | 'mac' | 'effectUs'>): void {
    const { producer, run } = this.#options
    publish(producer, [{ type: 'auditLink', seq: ++this.#seq, effectUs, link, mac }], run.account)
  }

  /** A sequence above all that this edge has given. */
  nextSeq(): number {
    return ++this.#seq
  }

  /** Resolves when the bus has everything that was said so far. */
  flushed(): Promise<void> {
    return this.#options.producer.flush()
  }

  /** Publishes a refused record of the bus as a dead letter, with its bytes. */
  deadLetter({ record, stage, refusal }: RefusedRecord<Uint8Array>): void {
    const { topic, partition, offset, key } = record
    const letter: DeadLetter = {
      type: 'deadLetter',
      seq: ++this.#seq,
      source: record.producer || 'unknown',
      tsRecvUs: this.#options.clock.nowUs(),
      stage,
      reason: refusal.code as RecordRefusal,
      eventType: 'record',
      detail: refusal.detail.slice(0, MAX_DETAIL_LENGTH),
      origin: { topic: topic.name, partition, offset, key },
      ...rawOf(record.events),
    }
    this.#options.producer.send(topics.deadLetters, letter.source, [letter])
    this.#options.onDeadLetter?.(letter)
  }
}
