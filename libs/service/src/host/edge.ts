import {
  keptText,
  keyOf,
  rawOf,
  topicFor,
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

/** Characters of the explanation of a refused record. */
const MAX_DETAIL_LENGTH = 1000

export interface EdgeOptions {
  /** Name of its producer. */
  readonly name: string
  /** The stage of the plane's heartbeats: data, strategy, order. */
  readonly stage: string
  readonly producer: Producer
  readonly run: Pick<Run, 'account'>
  /**
   * Its sequences start above it. It lies above those of earlier processes, so that no record counts as a duplicate.
   */
  readonly lastSeq: number
  /** Called with each sequence before it is used. */
  readonly onSequence?: (seq: number) => void
  readonly clock: Clock
  /** Called with every dead letter, sent or not. */
  readonly onDeadLetter?: (letter: DeadLetter) => void
  /** Called with the first of a row of dead letters that are not sent: too many wait for the bus. */
  readonly onUnsent?: (letter: DeadLetter) => void
}

/** Sends what bypasses the core: heartbeats and dead letters. Part of no snapshot and no hash. */
export class Edge {
  readonly #options: EdgeOptions
  #seq: number
  #originUs = 0
  #lastSeenUs: number | undefined
  #beatUs = -Infinity
  #isFlooded = false

  constructor(options: EdgeOptions) {
    this.#options = options
    this.#seq = options.lastSeq
  }

  get name(): string {
    return this.#options.name
  }

  /** Monotonic time of the newest heartbeat from the stage before; undefined before the first. */
  get lastSeenUs(): number | undefined {
    return this.#lastSeenUs
  }

  /** Notes and forwards a heartbeat of the stage before. */
  forward(heartbeat: Heartbeat): void {
    this.#lastSeenUs = this.#options.clock.monotonicUs()
    this.#originUs = heartbeat.originUs
    this.beat(heartbeat.effectUs, heartbeat.originUs)
  }

  /** Sends a heartbeat if this stage has sent none for `silenceUs`; forwarded ones count. */
  beatAfter(silenceUs: number, marketUs: number): void {
    if (this.#options.clock.monotonicUs() - this.#beatUs >= silenceUs) this.beat(marketUs)
  }

  /** Sends a heartbeat. `originUs` is the newest origin received, unless this is the source, which also tells its speed. */
  beat(marketUs: number, originUs = this.#originUs, speed?: number): void {
    const { stage, producer, run, clock } = this.#options
    this.#beatUs = clock.monotonicUs()
    const heartbeat: Heartbeat = {
      ...{ type: 'heartbeat', seq: this.nextSeq(), effectUs: marketUs, stage, originUs },
      ...(speed !== undefined && { speed }),
    }
    publish(producer, [heartbeat], run.account)
  }

  /**
   * Publishes a command, a tuning, an opening or a condition in the name of this edge, with a sequence from `nextSeq`: a
   * halt or a reduce on the topic of what tightens, anything else on that of commands.
   */
  control(event: OperatorCommand | Tuning | AccountOpening | TradingConditionChange): void {
    const { producer, run } = this.#options
    producer.send(topicFor(event), keyOf(event, run.account, producer.name), [event])
  }

  /** Publishes the newest link of the chain of audit rows. */
  auditLink({ link, mac, effectUs }: Pick<AuditLink, 'link' | 'mac' | 'effectUs'>): void {
    const { producer, run } = this.#options
    publish(producer, [{ type: 'auditLink', seq: this.nextSeq(), effectUs, link, mac }], run.account)
  }

  /** The next sequence of this edge. */
  nextSeq(): number {
    const seq = ++this.#seq
    this.#options.onSequence?.(seq)
    return seq
  }

  /** Resolves when the bus has everything sent so far. */
  flushed(): Promise<void> {
    return this.#options.producer.flush()
  }

  /**
   * Publishes a refused record of the bus as a dead letter, with its bytes. A flood of them is not sent whole: half of what may wait
   * for the bus is kept for everything else. The records lie where they came.
   */
  deadLetter({ record, stage, refusal }: RefusedRecord<Uint8Array>): void {
    const { topic, partition, offset, key } = record
    const letter: DeadLetter = {
      type: 'deadLetter',
      seq: this.nextSeq(),
      source: keptText(record.producer) || 'unknown',
      tsRecvUs: this.#options.clock.nowUs(),
      stage,
      reason: refusal.code as RecordRefusal,
      eventType: 'record',
      detail: refusal.detail.slice(0, MAX_DETAIL_LENGTH).replaceAll('\0', '\uFFFD'),
      origin: { topic: topic.name, partition, offset, key: keptText(key) },
      ...rawOf(record.events),
    }
    const { producer, onDeadLetter, onUnsent } = this.#options
    if (!producer.isHalfFull) producer.send(topics.deadLetters, letter.source, [letter])
    else if (!this.#isFlooded) onUnsent?.(letter)
    this.#isFlooded = producer.isHalfFull
    onDeadLetter?.(letter)
  }
}
