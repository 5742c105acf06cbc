import { systemClock, US_PER_SECOND } from '@triplane/kernel'
import {
  defaultExpirySeconds,
  type LatestState,
  type Noted,
  type StateKind,
  type StateOptions,
  type StateValues,
} from './latest-state.ts'
import { StateError } from './state-error.ts'

interface Entry {
  readonly kind: StateKind
  readonly key: string
  readonly value: Noted<StateValues[StateKind]>
  readonly expiresUs: number
}

/** The latest state in this process: for the standalone app and tests. It never fails. */
export function createMemoryState({
  expirySeconds = {},
  maxKeys = 10_000,
  nowUs = () => systemClock.nowUs(),
}: Omit<StateOptions, 'account'> = {}): LatestState {
  const livesSeconds = { ...defaultExpirySeconds, ...expirySeconds }
  const entries = new Map<string, Entry>()
  let dropped = 0
  let closed = false

  /** Live entries; those that have expired are forgotten. */
  function live(): Entry[] {
    if (closed) throw new StateError('closed', 'Expected the latest state to be open, was closed')
    const now = nowUs()
    for (const [id, { expiresUs }] of entries) if (expiresUs <= now) entries.delete(id)
    return [...entries.values()]
  }

  return {
    set(kind, key, value) {
      const id = `${kind}:${key}`
      if (!closed && !entries.has(id) && entries.size >= maxKeys) live()
      if (closed || (!entries.has(id) && entries.size >= maxKeys)) {
        dropped++
        return
      }
      const notedUs = nowUs()
      const expiresUs = notedUs + livesSeconds[kind] * US_PER_SECOND
      entries.set(id, { kind, key, value: { ...value, notedUs }, expiresUs })
    },
    async get<Kind extends StateKind>(kind: Kind, key: string) {
      const found = live().find((entry) => entry.kind === kind && entry.key === key)
      return found?.value as Noted<StateValues[Kind]> | undefined
    },
    async list<Kind extends StateKind>(kind: Kind) {
      const found = live().filter((entry) => entry.kind === kind)
      found.sort((a, b) => (a.key < b.key ? -1 : 1))
      return new Map(found.map(({ key, value }) => [key, value as unknown as Noted<StateValues[Kind]>]))
    },
    health: () => ({ isHealthy: !closed, waiting: 0, errors: 0, dropped }),
    flush: () => Promise.resolve(),
    async close() {
      closed = true
      entries.clear()
    },
  }
}
