import type { BookDelta, BookSnapshot } from '@triplane/contracts'

/** A delta of a venue that numbers its deltas. */
export type NumberedDelta = BookDelta & { readonly firstUpdateId: number; readonly lastUpdateId: number }

export const isNumbered = (delta: BookDelta): delta is NumberedDelta =>
  delta.firstUpdateId !== undefined && delta.lastUpdateId !== undefined

/** How a venue numbers its deltas. All functions take a delta that is newer than the book: `lastUpdateId > bookId`. */
export interface IdRule {
  readonly kind: 'ids'
  /** True when `delta` may be the first one applied to a snapshot that includes `bookId`. */
  bridges(delta: NumberedDelta, bookId: number): boolean
  /** True when nothing is missing between the previous delta, which ended at `bookId`, and `delta`. */
  follows(delta: NumberedDelta, bookId: number): boolean
  /** Number of update ids missing between `bookId` and `delta`. */
  missing(delta: NumberedDelta, bookId: number): number
}

/** The venue sends a checksum of the book with its deltas. */
export interface ChecksumRule {
  readonly kind: 'checksum'
  /** The checksum of a book: price, size, price, size, ... as the venue sent them, best first. */
  checksum(bids: readonly string[], asks: readonly string[]): number
}

/** The venue gives no means to detect a missing delta. */
interface NoRule {
  readonly kind: 'none'
}

/** How to tell that a book has every delta. Without ids deltas apply in the order of arrival. */
export type BookRule = IdRule | ChecksumRule | NoRule

/** The proof of a snapshot or delta, for books with checksums. It never leaves the book keeper. */
export interface BookProof {
  /** Levels that the venue keeps per side: the book is cut off there. Absent for a delta: as in the snapshot before. */
  readonly depth?: number
  /** The checksum of the book after this snapshot or delta; absent when the venue sends none. */
  readonly checksum?: number
  /** The numbers at the same places in the event, as the venue sent them. */
  readonly bids: readonly string[]
  readonly asks: readonly string[]
}

/** A delta or snapshot as a venue's mapper returns it. */
export type ReceivedDelta = BookDelta & { readonly proof?: BookProof }
export type ReceivedSnapshot = BookSnapshot & { readonly proof?: BookProof & { readonly depth: number } }

/** The last update id before `delta`: named by it when ids have holes. */
export const idBefore = (delta: NumberedDelta) => delta.prevUpdateId ?? delta.firstUpdateId - 1

/**
 * The rules that venues document, by the nature of their ids.
 * - consecutive: a delta may start at or before the next update id. Sizes are absolute, so an overlap changes nothing.
 * - chained: ids have holes; a delta names the last id of the one before (`pu`), which must be the last one applied. The
 *   first after a snapshot needs U <= lastUpdateId <= u or pu = lastUpdateId; as pu < U, both are pu <= lastUpdateId.
 */
export const idRules = {
  consecutive: {
    kind: 'ids',
    bridges: (delta, bookId) => delta.firstUpdateId <= bookId + 1,
    follows: (delta, bookId) => delta.firstUpdateId <= bookId + 1,
    missing: (delta, bookId) => Math.max(0, delta.firstUpdateId - bookId - 1),
  },
  chained: {
    kind: 'ids',
    bridges: (delta, bookId) => idBefore(delta) <= bookId,
    follows: (delta, bookId) => idBefore(delta) === bookId,
    missing: (delta, bookId) => Math.max(0, idBefore(delta) - bookId),
  },
} as const satisfies Record<string, IdRule>
