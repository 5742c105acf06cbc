import {
  field,
  stateSchema,
  type BookDelta,
  type BookSnapshot,
  type MarketStatus,
  type MarketStatusCode,
  type Quote,
  type StateOf,
  type Trade,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'
import { invariant, RingBuffer, US_PER_SECOND } from '@triplane/kernel'
import { LevelTexts, levelTextsSchema } from './level-texts.ts'
import { OrderBook, orderBookSchema, type OrderBookSnapshot } from './order-book.ts'
import {
  isNumbered,
  type BookProof,
  type BookRule,
  type ChecksumRule,
  type IdRule,
  type NumberedDelta,
  type ReceivedDelta,
  type ReceivedSnapshot,
} from './book-rule.ts'

/** Deltas buffered while the book waits for a snapshot; the oldest are dropped first. */
const BUFFER_CAPACITY = 10_000
/**
 * A book is starved when other streams show that it has changed but no delta arrives for this long. Deltas come every 100 ms
 * where anything changes: the longest wait in the recorded captures is 0.4 s.
 */
export const STARVED_AFTER_US = 5 * US_PER_SECOND

/** The book's instrument and rule. */
export interface BookKeeperOptions {
  readonly rule: BookRule
  readonly source: string
  readonly instrument: InstrumentId
  /** Decimal string: the grid of most prices. */
  readonly tickSize: string
}

/** The saved state of a book keeper. */
export const bookKeeperSchema = stateSchema({
  isValid: field.flag,
  isBridged: field.flag,
  lastUpdateId: field.integer,
  /** Newest event time in the book, when it is kept without ids; null before the first. */
  newestUs: field.orNull(field.timeUs),
  book: orderBookSchema,
  /** Levels that the venue keeps per side; null before the first snapshot, and for a book without checksums. */
  depth: field.orNull(field.count),
  /** The levels of the book as they were sent; null for a book without checksums. */
  texts: field.orNull(levelTextsSchema),
  buffer: field.list(field.event('bookDelta')),
  /** The book before a hole in the recording, while it may continue behind it. */
  parked: field.orNull(orderBookSchema),
  /** The recording has a hole here, already reported: ids missing at the next delta are not a second gap. */
  isHoleSaid: field.flag,
  /** Since when other streams have shown changes that no delta has brought; null when there are none. */
  unfedSinceUs: field.orNull(field.timeUs),
})
export type BookKeeperSnapshot = StateOf<typeof bookKeeperSchema>

const empty: BookKeeperSnapshot = {
  isValid: false,
  isBridged: false,
  lastUpdateId: 0,
  newestUs: null,
  depth: null,
  book: { bids: [], asks: [] },
  texts: null,
  buffer: [],
  parked: null,
  isHoleSaid: false,
  unfedSinceUs: null,
}

/** Why a snapshot was refused. */
export type SnapshotRefusal =
  | { readonly code: 'stale_snapshot'; readonly lastUpdateId: number; readonly missing: number }
  | { readonly code: 'crossed_snapshot'; readonly bid: number; readonly ask: number }
  | { readonly code: 'checksum'; readonly checksum: number; readonly expected: number }

/** The events that a book keeper emits. */
export type BookEvent = EventDraft<BookSnapshot | BookDelta | MarketStatus>
type Emit = (event: BookEvent) => void

/** Creates a book keeper; `snapshot` is from another one with the same options. */
export function createBookKeeper(options: BookKeeperOptions, snapshot?: BookKeeperSnapshot): BookKeeper {
  return new BookKeeper(options, snapshot)
}

/**
 * Maintains one book under its venue's rule, and says when it can be trusted.
 *
 * Invariants
 * 1. While the book is valid it is never crossed. It has every update up to `lastUpdateId`, or its venue's checksum, as far
 *    as its rule can tell.
 * 2. An invalid book is empty. Only a snapshot makes it valid again; after a hole in a recording this is the book itself if
 *    the first delta behind the hole continues the chain: nothing has changed in it then.
 * 3. The buffer is an unbroken chain of deltas: a break is reported as a gap and drops everything before it. Without ids
 *    nothing is buffered: deltas to an invalid book are dropped.
 * 4. A consumer that applies BookSnapshot and BookDelta in the order of emission, and trusts its copy from `book_valid` to
 *    `book_invalid`, has the same book. Nothing is emitted twice. Levels cut off at the depth of a subscription are emitted as
 *    removed.
 * 5. A book that receives no deltas is not valid: when quotes or trades show that it has changed and no delta arrives, it is
 *    invalid (`starved`).
 * 6. Emitted events carry market time: deltas from the buffer take the receive time of the snapshot that released them.
 */
export class BookKeeper {
  readonly book: OrderBook
  readonly #options: BookKeeperOptions
  readonly #rule: BookRule
  #buffer = new RingBuffer<NumberedDelta>(BUFFER_CAPACITY)
  #isValid: boolean
  /** True once a delta has been applied since the snapshot. */
  #isBridged: boolean
  #lastUpdateId: number
  #newestUs: number
  #depth: number | undefined
  readonly #texts: { readonly bids: LevelTexts; readonly asks: LevelTexts }
  #parked: OrderBookSnapshot | undefined
  #isHoleSaid: boolean
  #unfedSinceUs: number | undefined

  constructor(options: BookKeeperOptions, saved: BookKeeperSnapshot = empty) {
    this.#options = options
    this.#rule = options.rule
    this.book = new OrderBook(options.tickSize, saved.book)
    this.#isValid = saved.isValid
    this.#isBridged = saved.isBridged
    this.#lastUpdateId = saved.lastUpdateId
    this.#newestUs = saved.newestUs ?? -Infinity
    this.#depth = saved.depth ?? undefined
    this.#texts = { bids: new LevelTexts('bid', saved.texts?.bids), asks: new LevelTexts('ask', saved.texts?.asks) }
    this.#parked = saved.parked ?? undefined
    this.#isHoleSaid = saved.isHoleSaid
    this.#unfedSinceUs = saved.unfedSinceUs ?? undefined
    for (const delta of saved.buffer) this.#buffer.push(numbered(delta))
  }

  /** True while the book can be trusted. */
  get isValid(): boolean {
    return this.#isValid
  }

  /** The last update id of the book; 0 before the first snapshot, and for a book without ids. */
  get lastUpdateId(): number {
    return this.#lastUpdateId
  }

  /** True after the first snapshot. */
  get hasBegun(): boolean {
    return this.#isValid || this.#lastUpdateId > 0 || this.#newestUs > -Infinity
  }

  /** Applies a delta to a valid book; buffers it for an invalid one, if it has ids. Ignores one that is already applied. */
  onDelta(delta: ReceivedDelta, emit: Emit): void {
    this.#unfedSinceUs = undefined
    switch (this.#rule.kind) {
      case 'ids':
        return this.#onNumbered(numbered(delta), this.#rule, emit)
      case 'checksum':
        return this.#onProved(delta, this.#rule, emit)
      case 'none':
        return this.#onUnproved(delta, emit)
    }
  }

  #onNumbered(delta: NumberedDelta, rule: IdRule, emit: Emit): void {
    if (!this.#isValid) {
      this.#hold(delta, rule, emit)
      return
    }
    if (delta.lastUpdateId <= this.#lastUpdateId) return
    const isNext = this.#isBridged ? rule.follows(delta, this.#lastUpdateId) : rule.bridges(delta, this.#lastUpdateId)
    if (!isNext) {
      this.#emitGap(delta, rule, this.#lastUpdateId, emit)
      this.#invalidate(delta.tsRecvUs, 'gap', emit)
      this.#buffer.push(delta)
    } else if (this.#apply(delta)) {
      emit(delta)
    } else {
      this.#invalidate(delta.tsRecvUs, 'crossed', emit)
      this.#buffer.push(delta)
    }
  }

  /** Applies a delta, cuts the book off at its depth, and compares the checksum. */
  #onProved({ proof, ...delta }: ReceivedDelta, rule: ChecksumRule, emit: Emit): void {
    if (!this.#isValid) return
    const { bids, asks } = this.#texts
    const { depth = this.#depth, checksum, ...sent } = proved(proof, delta)
    invariant(depth !== undefined, 'a valid book by checksum has a depth', delta.instrument)
    bids.apply(delta.bids, sent.bids)
    asks.apply(delta.asks, sent.asks)
    const whole = { ...delta, bids: [...delta.bids, ...bids.cutAt(depth)], asks: [...delta.asks, ...asks.cutAt(depth)] }
    if (checksum !== undefined && rule.checksum(bids.texts, asks.texts) !== checksum) {
      this.#emitStatus(delta.tsRecvUs, 'gap', emit, 'checksum')
      this.#invalidate(delta.tsRecvUs, 'checksum', emit)
      return
    }
    this.#onUnproved(whole, emit)
  }

  #onUnproved(delta: BookDelta, emit: Emit): void {
    if (!this.#isValid) return
    this.book.apply(delta.bids, delta.asks)
    this.#newestUs = Math.max(this.#newestUs, delta.tsEventUs)
    if (this.book.isCrossed) this.#invalidate(delta.tsRecvUs, 'crossed', emit)
    else emit(delta)
  }

  /** Replaces the book and applies the buffer. Refuses a snapshot that the deltas do not connect to, or a crossed one. */
  onSnapshot(received: ReceivedSnapshot, emit: Emit): SnapshotRefusal | undefined {
    const { proof, ...sent } = received
    const refusal = this.#judge(sent, proof)
    const snapshot = refusal === undefined && this.#rule.kind === 'checksum' ? this.#replaceTexts(sent, proof) : sent
    if (refusal) {
      if (!this.#isValid) this.#emitStatus(snapshot.tsRecvUs, 'book_invalid', emit, refusal.code)
      return refusal
    }
    const wasValid = this.#isValid
    this.book.replace(snapshot.bids, snapshot.asks)
    if (this.#rule.kind === 'ids') this.#lastUpdateId = idOf(snapshot)
    else if (snapshot.tsEventUs !== undefined) this.#newestUs = snapshot.tsEventUs
    this.#isValid = true
    this.#isBridged = false
    this.#parked = undefined
    this.#isHoleSaid = false
    this.#unfedSinceUs = undefined
    emit(snapshot)
    for (let delta = this.#buffer.shift(); delta !== undefined; delta = this.#buffer.shift()) {
      if (delta.lastUpdateId <= this.#lastUpdateId) continue
      if (!this.#apply(delta)) {
        this.#invalidate(snapshot.tsRecvUs, 'crossed', emit)
        return undefined
      }
      emit({ ...delta, tsRecvUs: snapshot.tsRecvUs })
    }
    if (!wasValid) this.#emitStatus(snapshot.tsRecvUs, 'book_valid', emit)
    return undefined
  }

  /** Another stream shows that the book has changed: a quote of an update that the book lacks, or a trade. */
  onChangeElsewhere(nowUs: number, change: Quote | Trade): void {
    if (!this.#includes(change)) this.#unfedSinceUs ??= nowUs
  }

  /**
   * Whether the book is known to have the change: by its id, or for levels without ids by its time, or because the quote equals
   * the best of the book.
   */
  #includes(change: Quote | Trade): boolean {
    if (this.#rule.kind !== 'ids') {
      if (change.tsEventUs !== undefined && change.tsEventUs <= this.#newestUs) return true
      return change.type === 'quote' && this.#isBest(change)
    }
    return change.type === 'quote' && change.updateId !== undefined && change.updateId <= this.#lastUpdateId
  }

  #isBest({ bid, bidSize, ask, askSize }: Quote): boolean {
    const { book } = this
    return (
      book.bidPrice(0) === bid && book.bidSize(0) === bidSize && book.askPrice(0) === ask && book.askSize(0) === askSize
    )
  }

  /** Checks at market time `nowUs` whether the book is starved. */
  onTime(nowUs: number, emit: Emit): void {
    if (!this.#isValid || this.#unfedSinceUs === undefined || nowUs - this.#unfedSinceUs < STARVED_AFTER_US) return
    this.#invalidate(nowUs, 'starved', emit)
  }

  /** The venue restarts its update ids: the book's old ids have lost their meaning. */
  onRestart(tsRecvUs: number, emit: Emit): void {
    if (this.#isValid) {
      this.#emitStatus(tsRecvUs, 'gap', emit, 'ids_restarted')
      this.#invalidate(tsRecvUs, 'gap', emit)
    }
    this.#lastUpdateId = 0
    this.#parked = undefined
    this.#restartBuffer()
  }

  /**
   * The connection is down: the book and the buffer can no longer be trusted. `isHole`: only the recording has a hole, which
   * was already reported. A chain of update ids that continues behind it has no gap; the gap of any other chain is part of the
   * hole.
   */
  onDisconnect(tsRecvUs: number, emit: Emit, isHole = false): void {
    this.#isHoleSaid = isHole
    this.#parked = isHole && this.#isValid && this.#rule.kind === 'ids' ? this.book.snapshot() : undefined
    if (this.#isValid) this.#invalidate(tsRecvUs, 'disconnect', emit)
    this.#restartBuffer()
  }

  /** The state from which another keeper continues. */
  snapshot(): BookKeeperSnapshot {
    return {
      isValid: this.#isValid,
      isBridged: this.#isBridged,
      lastUpdateId: this.#lastUpdateId,
      newestUs: Number.isFinite(this.#newestUs) ? this.#newestUs : null,
      depth: this.#depth ?? null,
      book: this.book.snapshot(),
      texts:
        this.#rule.kind === 'checksum'
          ? { bids: [...this.#texts.bids.texts], asks: [...this.#texts.asks.texts] }
          : null,
      buffer: this.#buffer.toArray(),
      parked: this.#parked ?? null,
      isHoleSaid: this.#isHoleSaid,
      unfedSinceUs: this.#unfedSinceUs ?? null,
    }
  }

  /** Restores the book from before a hole when `delta`, the first one behind it, is the next one of its chain. */
  #continueParked(delta: NumberedDelta, rule: IdRule, emit: Emit): boolean {
    const parked = this.#parked
    this.#parked = undefined
    if (!parked || delta.lastUpdateId <= this.#lastUpdateId) return false
    if (!rule.follows(delta, this.#lastUpdateId)) return false
    const { source, instrument } = this.#options
    const snapshot: BookSnapshot = {
      type: 'bookSnapshot',
      seq: 0,
      source,
      instrument,
      tsRecvUs: delta.tsRecvUs,
      lastUpdateId: this.#lastUpdateId,
      bids: [...parked.bids],
      asks: [...parked.asks],
    }
    this.onSnapshot(snapshot, emit)
    this.onDelta(delta, emit)
    return true
  }

  /** Adds a delta to the chain that waits for a snapshot. */
  #hold(delta: NumberedDelta, rule: IdRule, emit: Emit): void {
    if (this.#parked && this.#continueParked(delta, rule, emit)) return
    const newest = this.#buffer.at(this.#buffer.size - 1)
    if (newest) {
      if (delta.lastUpdateId <= newest.lastUpdateId) return
      if (!rule.follows(delta, newest.lastUpdateId)) {
        this.#emitGap(delta, rule, newest.lastUpdateId, emit)
        this.#restartBuffer()
      }
    } else if (!this.#isHoleSaid && this.#lastUpdateId > 0 && rule.missing(delta, this.#lastUpdateId) > 0) {
      this.#emitGap(delta, rule, this.#lastUpdateId, emit)
    }
    this.#isHoleSaid = false
    if (this.#buffer.size === this.#buffer.capacity) this.#buffer.shift()
    this.#buffer.push(delta)
  }

  #judge(snapshot: BookSnapshot, proof: BookProof | undefined): SnapshotRefusal | undefined {
    const bid = snapshot.bids[0]
    const ask = snapshot.asks[0]
    if (bid !== undefined && ask !== undefined && bid >= ask) return { code: 'crossed_snapshot', bid, ask }
    switch (this.#rule.kind) {
      case 'ids':
        return this.#judgeId(idOf(snapshot), this.#rule)
      case 'checksum':
        return judgeProof(proved(proof, snapshot), this.#rule)
      case 'none':
        return undefined
    }
  }

  #judgeId(lastUpdateId: number, rule: IdRule): SnapshotRefusal | undefined {
    if (this.#isValid) {
      const missing = this.#lastUpdateId - lastUpdateId
      return missing > 0 ? { code: 'stale_snapshot', lastUpdateId, missing } : undefined
    }
    for (let i = 0; i < this.#buffer.size; i++) {
      const delta = this.#buffer.at(i) as NumberedDelta
      if (delta.lastUpdateId <= lastUpdateId) continue
      if (rule.bridges(delta, lastUpdateId)) return undefined
      return { code: 'stale_snapshot', lastUpdateId, missing: rule.missing(delta, lastUpdateId) }
    }
    return undefined
  }

  /** Keeps the levels of a snapshot as they were sent. Returns the snapshot, cut off at its depth. */
  #replaceTexts(snapshot: BookSnapshot, proof: ReceivedSnapshot['proof']): BookSnapshot {
    const { bids, asks, depth } = proved(proof, snapshot)
    this.#depth = depth
    this.#clearTexts()
    this.#texts.bids.apply(snapshot.bids, bids)
    this.#texts.asks.apply(snapshot.asks, asks)
    this.#texts.bids.cutAt(depth)
    this.#texts.asks.cutAt(depth)
    return { ...snapshot, bids: this.#texts.bids.texts.map(Number), asks: this.#texts.asks.texts.map(Number) }
  }

  #clearTexts(): void {
    this.#texts.bids.clear()
    this.#texts.asks.clear()
  }

  /** False when the delta crosses the book. */
  #apply(delta: NumberedDelta): boolean {
    this.book.apply(delta.bids, delta.asks)
    this.#lastUpdateId = delta.lastUpdateId
    this.#isBridged = true
    return !this.book.isCrossed
  }

  #invalidate(tsRecvUs: number, reason: string, emit: Emit): void {
    this.#isValid = false
    this.#unfedSinceUs = undefined
    this.book.clear()
    this.#clearTexts()
    this.#emitStatus(tsRecvUs, 'book_invalid', emit, reason)
  }

  #restartBuffer(): void {
    this.#buffer = new RingBuffer(BUFFER_CAPACITY)
  }

  #emitGap(delta: NumberedDelta, rule: IdRule, bookId: number, emit: Emit): void {
    this.#emitStatus(delta.tsRecvUs, 'gap', emit, 'update_id', rule.missing(delta, bookId))
  }

  #emitStatus(tsRecvUs: number, status: MarketStatusCode, emit: Emit, reason?: string, missing?: number): void {
    const { source, instrument } = this.#options
    emit({
      type: 'marketStatus',
      source,
      instrument,
      tsRecvUs,
      status,
      ...(reason !== undefined && { reason }),
      ...(missing !== undefined && { missing }),
    })
  }
}

/** Asserts ids: the venue's mapper reads them from every delta. */
function numbered(delta: BookDelta): NumberedDelta {
  invariant(isNumbered(delta), 'a delta of a book that is kept by ids has ids', delta.instrument)
  return delta
}

/** The update id that a snapshot includes. */
function idOf({ lastUpdateId, instrument }: BookSnapshot): number {
  invariant(lastUpdateId !== undefined, 'a snapshot of a book that is kept by ids has an id', instrument)
  return lastUpdateId
}

/** Asserts a proof: the venue's mapper keeps it for every snapshot and delta, number by number. */
function proved<Proof extends BookProof>(
  proof: Proof | undefined,
  { bids, asks, instrument }: BookDelta | BookSnapshot,
): Proof {
  const isWhole = proof !== undefined && proof.bids.length === bids.length && proof.asks.length === asks.length
  invariant(isWhole, 'what a book that is kept by checksum takes has a proof', instrument)
  return proof
}

/** Refuses a snapshot whose own checksum does not match its levels. */
function judgeProof({ checksum, bids, asks }: BookProof, rule: ChecksumRule): SnapshotRefusal | undefined {
  if (checksum === undefined) return undefined
  const found = rule.checksum(bids, asks)
  return found === checksum ? undefined : { code: 'checksum', checksum: found, expected: checksum }
}
