import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { ErrorWith } from './validation-error.ts'

/** Number of ids remembered. After a reconnect a venue repeats its newest events, some hundreds. */
const MOST_REMEMBERED = 1_024

/** The saved state of recent ids, oldest first. */
export const recentIdsSchema = stateSchema({ ids: field.list(field.text, { maxItems: MOST_REMEMBERED }) })
type RecentIdsSnapshot = StateOf<typeof recentIdsSchema>

/** The last ids of a stream whose ids have no order: they only identify repeated events. */
export class RecentIds {
  readonly #ids: Set<string>

  constructor({ ids }: RecentIdsSnapshot = { ids: [] }) {
    this.#ids = new Set(ids)
  }

  /** Refuses a remembered id. */
  check(id: string): ErrorWith<'duplicate'> | undefined {
    return this.#ids.has(id) ? { code: 'duplicate', id } : undefined
  }

  /** Records that the event with this id passed every check. */
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
