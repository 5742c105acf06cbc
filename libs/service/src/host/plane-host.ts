import { nextTurn, Wake } from '@triplane/async'
import {
  effectUsOf,
  keyOf,
  onlyTightens,
  rank,
  rankOf,
  sourcesOf,
  topicFor,
  type Event,
  type Heartbeat,
} from '@triplane/contracts'
import { err, ok, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { createRecordIntake, type BusRecord, Stepper, type Position, type RefusedRecord } from '@triplane/messaging'
import { InputLogError } from '../log/log-segment.ts'
import type { ConsumedRange, InjectedInput, LoggedTurn } from '../log/turn.ts'
import { Breather } from './breather.ts'
import { CatchUp } from './catch-up.ts'
import { EventIntake } from './event-intake.ts'
import { HighWaterMarks } from './high-water-marks.ts'
import type { HostState } from './host-state.ts'
import { IdleWork } from './idle-work.ts'
import { Judgement, refusedIn } from './judgement.ts'
import { MarketBound } from './market-bound.ts'
import { PauseWatch } from './pause-watch.ts'
import { placeOf } from './reading.ts'
import { ReplayQueue } from './replay-queue.ts'
import { TakenHalts } from './taken-halts.ts'
import { Silence } from './silence.ts'
import { WatermarkGate } from './watermark-gate.ts'
import type { PlaneHostOptions } from './plane-host-options.ts'

/** A turn taken in memory and not logged yet. */
interface UnloggedTurn<Out extends Event, Payload> {
  readonly turn: LoggedTurn
  readonly refused: readonly RefusedRecord<Payload>[]
  readonly outputs: readonly Out[]
  readonly boundUs: number
}

/** The most records of one turn, and the most market time from one due event on: signals wait for no more than that. */
const MAX_RECORDS = 256
const MAX_TURN_US = 10 * US_PER_MINUTE
const TICK_MS = 250
const COMMIT_EVERY_US = US_PER_SECOND

/**
 * Hosts a plane's core in a separate process. A turn takes what has arrived, steps the core, writes what was consumed to the
 * input log, and only then releases the outputs.
 *
 * Invariants
 * 1. No output leaves before its cause is in the input log. While the log cannot be written nothing leaves and no record is
 *    consumed; an injected command (a halt) still takes effect at once. After a failed sync of the log nothing leaves any more.
 * 2. A turn is a function of its logged inputs, the records of its ranges and the state before it. So a restart, which loads
 *    the snapshot and repeats the logged turns, emits the same events with the same sequences.
 * 3. A snapshot counts only once the events emitted before it are durable. A failed write of one costs a longer replay.
 * 4. Whether a record is taken is decided once, live, and stands in its turn.
 * 5. Live, a plane never waits for another: it handles what has arrived up to the newest market time, in several turns where
 *    that is far (a closed weekend). It handles what it missed during an absence in order of time, as if it had been present
 *    (`CatchUp`). In lockstep it handles an input only when no earlier one can arrive any more.
 */
export class PlaneHost<In extends Event, Out extends Event, Payload> {
  readonly #options: PlaneHostOptions<In, Out, Payload>
  readonly #stepper: Stepper<In, Out>
  /** What was taken of each producer. */
  readonly marks: HighWaterMarks
  readonly #halts: TakenHalts
  readonly #gate: WatermarkGate
  readonly #catchUp: CatchUp
  readonly #intake: EventIntake<In>
  readonly #judgement: Judgement<Payload>
  readonly #positions: Map<string, Position>
  readonly #taken: ReadonlySet<Event['type']>
  readonly #ingest: (record: BusRecord<Payload>) => void
  readonly #wake = new Wake()
  readonly #silence: Silence
  readonly #pauses: PauseWatch
  #injected: InjectedInput[] = []
  #leftover: BusRecord<Payload>[] = []
  #turn: number
  #boundUs: number
  #isReplaying = true
  #isStopping = false
  #stoppedBy: Error | undefined
  #unlogged: UnloggedTurn<Out, Payload>[] = []
  #snapshotUnderWay: Promise<void> | undefined

  constructor(options: PlaneHostOptions<In, Out, Payload>) {
    const { plane, run, saved, clock, gated, market, consumer, decode, judges = [], aheadUs, onRecord } = options
    const state = saved?.state
    this.#options = options
    // In lockstep a plane reads ahead of its time. What it reads and does not hear waits all the same: it hears it in its time
    // if a restart has it hear that by then.
    const inputTypes = run.mode === 'lockstep' ? plane.knownTypes : plane.inputTypes
    const taken = new Set<Event['type']>([...inputTypes, 'heartbeat'])
    this.#taken = taken
    this.#stepper = new Stepper(plane.core, state?.inputs, plane.inputTypes)
    this.marks = new HighWaterMarks(state?.marks)
    this.#halts = new TakenHalts(state?.halts)
    this.#gate = new WatermarkGate(gated, sourcesOf(run), state?.gate)
    this.#positions = new Map(options.positions.map((position) => [placeOf(position), position]))
    this.#intake = new EventIntake(
      {
        run,
        inputTypes,
        inputs: this.#stepper,
        marks: this.marks,
        halts: this.#halts,
        boundUs: () => this.#boundUs,
        onHeartbeat: (heartbeat) => this.#onHeartbeat(heartbeat),
      },
      state?.marketUs,
    )
    const bound = new MarketBound({ run, aheadUs, marketUs: () => this.#intake.marketUs, clock })
    this.#judgement = new Judgement(judges, { run, clock, bound, marks: this.marks })
    this.#ingest = createRecordIntake({
      decode: (record) => decode(record, taken),
      handle: (events, record) => {
        if (!this.#isReplaying) {
          const verdict = this.#judgement.of(record, events)
          if (verdict) return err(verdict)
          bound.note(record, events)
          onRecord?.(record, events)
        }
        this.#intake.accept(record, events)
        this.#catchUp.note(record, events)
        return ok(undefined)
      },
      deadLetter: (refused) => {
        // It was reported the first time.
        if (this.#isReplaying) return
        this.#catchUp.note(refused.record, [])
        this.#judgement.note(refused)
      },
      onWatermark: (watermark, record) => {
        if (record.runId === run.runId) this.#gate.note(record, watermark)
      },
    })
    this.#turn = saved?.afterTurn ?? 0
    this.#boundUs = state ? state.boundUs : 0
    this.#silence = new Silence(clock)
    this.#pauses = new PauseWatch(clock)
    this.#catchUp = new CatchUp(market, consumer, {
      ...{ runId: run.runId, startUs: this.#boundUs, clock, askEnds: options.askEnds },
      nextOffsetOf: (place) => this.#positions.get(place)?.offset ?? 0,
    })
  }

  /** The market time up to which everything was handled. */
  get boundUs(): number {
    return this.#boundUs
  }

  get turn(): number {
    return this.#turn
  }

  get #isLive(): boolean {
    return this.#options.run.mode !== 'lockstep'
  }

  /** True while the logged turns of an earlier process are repeated. */
  get isReplaying(): boolean {
    return this.#isReplaying
  }

  /** True in lockstep once the run has ended. */
  get isFinal(): boolean {
    return this.#gate.isFinal
  }

  get counts() {
    return this.#intake.counts
  }

  /** Wall time at which the data of market time `recvUs` was sent; undefined when that was long ago. */
  sentUsOf(recvUs: number): number | undefined {
    return this.#intake.origins.sentUsOf(recvUs)
  }

  /**
   * Gives the core inputs from outside the bus: a command, a verdict, a redriven record. They take effect before this returns, or right
   * after a replay. The copy of a command that comes back over its topic is dropped.
   */
  inject(producer: string, ...events: readonly In[]): void {
    for (const event of events) this.#injected.push({ producer, event })
    if (!this.#isReplaying) this.#step([])
  }

  /** Runs until `stop`: first the turns of the input log, then what arrives. Rejects with a fault or a bug. */
  async run(): Promise<void> {
    const { consumer, clock, log, output, snapshotEveryMs, rehearse } = this.#options
    await this.#replay()
    if (!this.#isStopping) await this.#options.beforeLive?.()
    let committedUs = 0
    let snapshotUs = clock.monotonicUs()
    let waiting = false
    const rehearsal = rehearse && new IdleWork(rehearse, clock)
    while (!this.#isStopping) {
      if (this.#leftover.length === 0 && !this.#isBehind) {
        if (!waiting) {
          waiting = true
          const woken = () => {
            waiting = false
            this.#wake.wake()
          }
          void consumer.arrived().then(woken, woken)
        }
        rehearsal?.begin()
        await this.#wake.wait(TICK_MS)
        rehearsal?.end()
      }
      if (this.#isStopping) break
      this.#step(this.#unlogged.length > 0 || this.#isBehind ? [] : this.#take())
      if (log.fault) throw log.fault
      if (output.isFull) await output.drained()
      await nextTurn()
      // What was published is on its way by now, and need not wait for what follows.
      output.observe()
      const nowUs = clock.monotonicUs()
      if (nowUs - committedUs > COMMIT_EVERY_US) {
        committedUs = nowUs
        void consumer.commit().catch(() => undefined)
      }
      if (nowUs - snapshotUs > snapshotEveryMs * 1000 && this.#unlogged.length === 0) {
        snapshotUs = nowUs
        this.#snapshotUnderWay ??= this.#snapshot().finally(() => (this.#snapshotUnderWay = undefined))
      }
    }
    await this.#end()
    if (this.#stoppedBy) throw this.#stoppedBy
  }

  /** Ends `run` cleanly: finishes the turn under way, flushes outputs, takes a snapshot. */
  stop(): void {
    this.#isStopping = true
    this.#wake.wake()
  }

  async #end(): Promise<void> {
    this.#pauses.stop()
    await this.#snapshotUnderWay
    if (this.#unlogged.length === 0 && !this.#isReplaying) await this.#snapshot()
    await this.#options.consumer.commit().catch(() => undefined)
    await this.#options.log.close()
  }

  #take(): readonly BusRecord<Payload>[] {
    const { consumer, mustStopAt } = this.#options
    const records = this.#leftover.length === 0 ? consumer.take(MAX_RECORDS) : this.#leftover.splice(0, MAX_RECORDS)
    if (mustStopAt === undefined) return records
    const stop = records.findIndex((record) => (this.#stoppedBy = mustStopAt(record, this.#taken)) !== undefined)
    if (stop >= 0) this.stop()
    return stop >= 0 ? records.slice(0, stop) : records
  }

  #step(records: readonly BusRecord<Payload>[]): void {
    this.#lookForPause()
    this.#lookForUnheard()
    const injected = this.#injected
    if (injected.length > 0) this.#injected = []
    const isIdle = records.length === 0 && injected.length === 0 && !this.#pauses.isUnsaid
    if (!isIdle || this.#isBehind || this.#tick() !== undefined) this.#handle(records, { injected })
    if (this.#unlogged.length > 0) this.#logAndPublish()
  }

  /** Market time by the edge's clock, while the feed of a live run is silent. */
  #tick(): number | undefined {
    if (!this.#isLive || this.#pauses.isCatchingUp || this.#holdUs() !== undefined) return undefined
    const tickUs = this.#silence.tickUs(this.#intake.marketUs)
    return tickUs !== undefined && tickUs > this.#boundUs ? tickUs : undefined
  }

  /** A pause is an input: the plane reads what it missed before it goes by its own clock again. */
  #lookForPause(): void {
    if (!this.#isLive) return
    const { onPause } = this.#options
    if (this.#pauses.isFound()) {
      this.#catchUp.restart(this.#boundUs)
      onPause?.('paused')
    } else if (this.#pauses.isCatchingUp && this.#holdUs() === undefined && !this.#isBehind) {
      this.#pauses.isCatchingUp = false
      this.#silence.restart(this.#intake.marketUs)
      onPause?.('caught up')
    }
  }

  /** Said between turns, so that it may be answered by an input. Planes in lockstep repeat what others wait for. */
  #lookForUnheard(): void {
    const unheard = this.#isLive ? this.#intake.unheard.news() : undefined
    if (unheard) this.#options.onUnheard?.(unheard)
  }

  /** Takes one turn in memory; its outputs wait in `#unlogged`. */
  #handle(
    records: readonly BusRecord<Payload>[],
    { injected, tickUs: loggedTickUs, holdUs: loggedHoldUs, refused }: Omit<LoggedTurn, 'turn' | 'ranges'>,
    isLogged = false,
  ): void {
    this.#judgement.begin(refused)
    const ranges = this.#accept(records)
    const holdUs = isLogged ? loggedHoldUs : this.#holdUs()
    const tickUs = isLogged ? loggedTickUs : this.#tick()
    for (const { producer, event } of injected) this.#takeInjected(producer, event)
    const boundUs = this.#isLive ? this.#liveBoundUs(tickUs, holdUs) : this.#gate.boundUs
    if (boundUs > this.#boundUs) this.#boundUs = boundUs
    const outputs = this.#stepper.step(this.#boundUs, rank.strategy)
    const refusals = this.#judgement.end()
    const turn = {
      ...{ turn: ++this.#turn, ranges, injected },
      ...(tickUs !== undefined && { tickUs }),
      ...(holdUs !== undefined && { holdUs }),
      ...refusedIn(refusals),
      ...this.#pauses.say(),
    }
    if (isLogged) this.#publish(outputs, this.#boundUs)
    else this.#unlogged.push({ turn, refused: refusals, outputs, boundUs: this.#boundUs })
  }

  #takeInjected(producer: string, event: Event): void {
    const { runId, account } = this.#options.run
    if (onlyTightens(event)) this.#halts.add(runId, producer, event)
    else if (rankOf[event.type] === rank.command || rankOf[event.type] === rank.data) {
      const topic = topicFor(event).name
      this.marks.set(producer, topic, keyOf(event, account, producer), event.seq)
      this.#intake.unheard.noteTaken(producer, topic, effectUsOf(event))
    }
    this.#stepper.push(producer, event as In)
  }

  /** How far a turn goes. It depends on the core's due times alone, so that the repeated turn goes as far. */
  #liveBoundUs(tickUs = 0, holdUs = Infinity): number {
    const newestUs = Math.max(this.#boundUs, Math.min(Math.max(this.#intake.marketUs, tickUs), holdUs))
    if (this.#boundUs === 0) return newestUs
    return Math.min(newestUs, Math.max(this.#boundUs, this.#options.plane.core.nextDueUs()) + MAX_TURN_US)
  }

  /** The newest market time was too far for one turn; nothing more is read until it is reached. */
  get #isBehind(): boolean {
    if (!this.#isLive || this.#unlogged.length > 0 || this.#boundUs === 0) return false
    return this.#boundUs < Math.min(this.#intake.marketUs, this.#holdUs() ?? Infinity)
  }

  /** Market time that a live plane must not pass while it catches up; undefined once it has. */
  #holdUs(): number | undefined {
    if (!this.#isLive) return undefined
    if (this.#leftover.length > 0) return this.#boundUs
    const holdUs = this.#catchUp.holdUs()
    return holdUs === Infinity ? undefined : holdUs
  }

  #accept(records: readonly BusRecord<Payload>[]): ConsumedRange[] {
    const ranges = new Map<string, { topic: string; partition: number; lastOffset: number; count: number }>()
    for (const record of records) {
      const { topic, partition, offset } = record
      const place = `${topic.name}/${partition}`
      const range = ranges.get(place)
      if (range) {
        range.lastOffset = offset
        range.count++
      } else ranges.set(place, { topic: topic.name, partition, lastOffset: offset, count: 1 })
      this.#positions.set(place, { topic: topic.name, partition, offset: offset + 1 })
      if (!this.#judgement.hasRefused(record)) this.#ingest(record)
    }
    return [...ranges.values()]
  }

  /** Begins the segment after a turn. If that fails, it is retried before the next turn is logged. */
  #beginLog(afterTurn: number): boolean {
    const { log, onLogFault } = this.#options
    try {
      log.begin(afterTurn)
    } catch (error) {
      if (!(error instanceof InputLogError)) throw error
      onLogFault(error)
    }
    return log.isOpen
  }

  #logAndPublish(): void {
    const { log, deadLetter, onLogFault } = this.#options
    if (!log.isOpen && !this.#beginLog((this.#unlogged[0] as UnloggedTurn<Out, Payload>).turn.turn - 1)) return
    while (this.#unlogged.length > 0) {
      const { turn, refused, outputs, boundUs } = this.#unlogged[0] as UnloggedTurn<Out, Payload>
      try {
        log.append(turn)
      } catch (error) {
        if (!(error instanceof InputLogError)) throw error
        return onLogFault(error)
      }
      this.#unlogged.shift()
      for (const one of refused) deadLetter(one)
      this.#publish(outputs, boundUs)
    }
    onLogFault(undefined)
  }

  #publish(outputs: readonly Out[], boundUs: number): void {
    const { output, leadUs, run } = this.#options
    if (outputs.length > 0) output.publish(outputs)
    if (run.mode === 'lockstep' && boundUs > 0) output.mark(boundUs + leadUs, this.#gate.isFinal)
  }

  /** Repeats the logged turns. The consumer delivers their records, in order within each partition. */
  async #replay(): Promise<void> {
    const { log, saved, consumer, output, clock } = this.#options
    const turns = log.turnsAfter(saved?.afterTurn ?? 0)
    const queue = new ReplayQueue<Payload>(consumer, () => this.#isStopping)
    const breather = new Breather(clock)
    for (const { ranges, ...logged } of turns) {
      const records: BusRecord<Payload>[] = []
      for (const range of ranges) records.push(...(await queue.take(range)))
      if (this.#isStopping) return
      this.#handle(records, logged, true)
      if (output.isFull) await output.drained()
      await breather.breathe()
    }
    this.#leftover = queue.rest()
    this.#beginLog(this.#turn)
    // Repeated outputs are observed as such.
    output.observe()
    this.#isReplaying = false
    this.#silence.restart(this.#intake.marketUs)
    this.#pauses.start()
  }

  async #snapshot(): Promise<void> {
    const { log, snapshots, output, onSnapshotFault } = this.#options
    const afterTurn = this.#turn
    const state = this.#state()
    // Turns before the new segment stay in the old one until the snapshot counts.
    if (!this.#beginLog(afterTurn)) return
    try {
      const text = snapshots.encode(state)
      await output.durable()
      await snapshots.save(afterTurn, text)
      log.dropBefore(afterTurn)
    } catch (fault) {
      onSnapshotFault(fault)
    }
  }

  #state(): HostState<In> {
    return {
      ...this.#stepper.snapshot(),
      marks: this.marks.snapshot(),
      halts: this.#halts.snapshot(),
      gate: this.#gate.snapshot(),
      positions: [...this.#positions.values()],
      marketUs: this.#intake.marketUs,
      boundUs: this.#boundUs,
      output: this.#options.output.state(),
    }
  }

  #onHeartbeat(heartbeat: Heartbeat): void {
    if (this.#isReplaying || heartbeat.stage !== this.#options.plane.heartbeat.from) return
    this.#options.plane.heartbeat.seen(heartbeat)
    this.#options.onHeartbeat(heartbeat)
  }
}
