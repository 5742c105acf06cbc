import { delay } from '@triplane/async'
import type { Alertmanager, FiringAlert, RequestCount } from './alertmanager.ts'

/** It resolves by itself. */
const LASTS_MS = 60_000
const POLL_MS = 250

export interface TestAlert {
  readonly severity: string
  readonly plane: string
  readonly who: string
  /** Distinguishes it from other test alerts. */
  readonly id: string
  readonly nowMs: number
}

/** sent: a channel of this kind has accepted a message since; failed: it refused; waiting: no attempt yet. */
type Outcome = 'sent' | 'failed' | 'waiting'

export interface Delivery {
  /** The alert as Alertmanager shows it, with its receivers and whatever mutes it. */
  readonly alert: FiringAlert
  /** By kind of channel of those receivers. */
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/**
 * Posts a test alert and watches its delivery for at most `waitSeconds`. Alertmanager counts by kind of channel, so another
 * alert's message at the same time counts as this one's. Returns undefined when Alertmanager accepted the alert but does not
 * show it.
 */
export async function sendTestAlert(
  alertmanager: Alertmanager,
  { severity, plane, who, id, nowMs }: TestAlert,
  waitSeconds: number,
): Promise<Delivery | undefined> {
  const before = await alertmanager.requests()
  await alertmanager.post({
    labels: { alertname: 'TestAlert', severity, plane, test: id },
    annotations: {
      summary: 'This is a test: nothing is wrong.',
      description: `${who} sent it by \`triplane alerts test\`; it resolves by itself within two minutes.`,
    },
    startsAt: new Date(nowMs).toISOString(),
    endsAt: new Date(nowMs + LASTS_MS).toISOString(),
  })
  const channels = await alertmanager.channels()
  let delivery: Delivery | undefined
  for (let polls = (waitSeconds * 1000) / POLL_MS; polls > 0; polls--) {
    const alert = (await alertmanager.alerts()).find(({ labels }) => labels['test'] === id)
    if (alert) {
      const kinds = alert.receivers.flatMap(({ name }) => channels.get(name) ?? [])
      const after = await alertmanager.requests()
      const outcomes = new Map(kinds.map((kind) => [kind, outcomeOf(before.get(kind), after.get(kind))]))
      delivery = { alert, outcomes }
      if (isMuted(alert) || [...outcomes.values()].every((outcome) => outcome === 'sent')) return delivery
    }
    await delay(POLL_MS)
  }
  return delivery
}

/** Whether it fires without notifying anyone. */
function isMuted({ status }: FiringAlert): boolean {
  return status.inhibitedBy.length + status.silencedBy.length + status.mutedBy.length > 0
}

function outcomeOf(before?: RequestCount, after?: RequestCount): Outcome {
  const asked = (after?.asked ?? 0) - (before?.asked ?? 0)
  const failed = (after?.failed ?? 0) - (before?.failed ?? 0)
  return asked > failed ? 'sent' : failed > 0 ? 'failed' : 'waiting'
}
