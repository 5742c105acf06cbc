import { Receiver } from '../libs/monitoring/test/monitoring-servers.ts'

/** An event posted to PagerDuty's Events API v2. */
interface PagerDutyEvent {
  readonly event_action: 'trigger' | 'resolve'
  readonly dedup_key: string
  readonly payload?: { readonly summary: string }
}

/** Calls a person once: its first trigger opens it, and further ones add to it until it is resolved. */
export interface Incident {
  readonly summary: string
  readonly isOpen: boolean
}

/** Stands in for PagerDuty's Events API v2, on loopback: distinguishes incidents as PagerDuty does. */
export class PagerDutyReceiver {
  readonly #receiver: Receiver

  private constructor(receiver: Receiver) {
    this.#receiver = receiver
  }

  static async start(): Promise<PagerDutyReceiver> {
    return new PagerDutyReceiver(await new Receiver().start())
  }

  /** The settings that post alerts here. */
  get environment(): Readonly<Record<string, string>> {
    return { PAGERDUTY_ROUTING_KEY: 'key', PAGERDUTY_URL: `${this.#receiver.url}/v2/enqueue` }
  }

  /** All incidents, in the order in which they were opened. */
  get incidents(): readonly Incident[] {
    const incidents: { summary: string; isOpen: boolean }[] = []
    const open = new Map<string, { isOpen: boolean }>()
    for (const { event_action, dedup_key, payload } of this.#receiver.bodies<PagerDutyEvent>('/v2/enqueue')) {
      const known = open.get(dedup_key)
      if (event_action === 'resolve') {
        if (known) known.isOpen = false
        open.delete(dedup_key)
      } else if (!known) {
        const incident = { summary: payload?.summary ?? '', isOpen: true }
        incidents.push(incident)
        open.set(dedup_key, incident)
      }
    }
    return incidents
  }

  stop(): Promise<void> {
    return this.#receiver.stop()
  }
}
