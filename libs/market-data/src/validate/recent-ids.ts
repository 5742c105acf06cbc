import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { ErrorWith } from './validation-error.ts'

/** Ids that are remembered. What a venue sends again after a reconnect is its newest, some hundreds. */
const MOST_REMEMBERED = 1_024

/** What recent ids need to be known from where they were: the oldest first. */
export const recentIdsSchema = stateSchema({ ids: field.list(field.text, { maxItems: MOST_REMEMBERED }) })
type RecentIdsSnapshot = StateOf<typeof recentIdsSchema>

/** The last ids of a stream whose ids have no order: all that they can tell is what was seen before. */
export class RecentIds {
  readonly #ids: Set<string>

  constructor({ ids }: RecentIdsSnapshot = { ids: [] }) {
    this.#ids = new Set(ids)
  }

  /** Refuses an id that is remembered. */
  check(id: string): ErrorWith<'duplicate'> | undefined {
    return this.#ids.has(id) ? { code: 'duplicate', id } : undefined
  }

  /** States that the event with this id passed every check. */
  accept(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size <= MOST_REMEMBERED) return
    const [oldest] = this.#ids
    this.#ids.delete(oldest as string)
  }

  snapshot(): RecentIdsSnapshot {
    return { ids: [...this.#ids] }
  }
}
