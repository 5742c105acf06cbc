import { field, recordingPauses, stateSchema, type MarketStatus, type StateOf } from '@triplane/contracts'
import { sourceKey } from './data-silence.ts'

/** `paused`: the recording is empty there, which says nothing about the market. */
const connectionStates = ['up', 'down', 'paused'] as const
export type ConnectionState = (typeof connectionStates)[number]

/** The known connections as they are saved. */
export const connectionsSchema = field.list(stateSchema({ source: field.text, state: field.oneOf(connectionStates) }))
export type ConnectionsSnapshot = StateOf<typeof connectionsSchema>

/** Which sources are connected, as the data plane reports. */
export class Connections {
  readonly #states: Map<string, ConnectionState>
  #areAllDown: boolean

  constructor(snapshot: ConnectionsSnapshot = []) {
    this.#states = new Map(snapshot.map(({ source, state }) => [source, state]))
    this.#areAllDown = this.#judge()
  }

  /** True when every known connection is down: no market event can come until one is up. */
  get areAllDown(): boolean {
    return this.#areAllDown
  }

  /** True unless a known connection is down or paused. */
  get areAllUp(): boolean {
    return [...this.#states.values()].every((state) => state === 'up')
  }

  /** True while the recording of a source is empty. */
  isPaused(source: string): boolean {
    return this.#states.get(source) === 'paused'
  }

  onStatus({ status, reason, source, venue = '' }: MarketStatus): void {
    if (status !== 'connected' && status !== 'disconnected') return
    const isPause = recordingPauses.some((pause) => pause === reason)
    this.#states.set(sourceKey(source, venue), status === 'connected' ? 'up' : isPause ? 'paused' : 'down')
    this.#areAllDown = this.#judge()
  }

  snapshot(): ConnectionsSnapshot {
    return [...this.#states].map(([source, state]) => ({ source, state }))
  }

  #judge(): boolean {
    return this.#states.size > 0 && ![...this.#states.values()].includes('up')
  }
}
