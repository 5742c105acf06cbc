import { US_PER_SECOND } from '@triplane/kernel'
import type { Scenario } from './scenario.ts'

/** An action of the connection at a time that is known from the start. */
export type AgendaEntry =
  | { readonly atUs: number; readonly kind: 'connect' }
  | { readonly atUs: number; readonly kind: 'disconnect' }
  /** The next depth diff for the instrument at `index` is lost. */
  | { readonly atUs: number; readonly kind: 'loseDiff'; readonly index: number }
  /** A REST snapshot of the instrument at `index` is taken. */
  | { readonly atUs: number; readonly kind: 'snapshot'; readonly index: number }

/** After a connect the snapshots of the instruments follow one after the other. */
const FIRST_SNAPSHOT_AFTER_US = 250_000
const SNAPSHOT_EVERY_US = 40_000

/** All actions of the scenario and the protocol for `instruments` instruments, in order of time. */
export function agendaOf(scenario: Scenario, startUs: number, instruments: number): readonly AgendaEntry[] {
  const connectAt = (atUs: number): AgendaEntry[] => [
    { atUs, kind: 'connect' },
    ...Array.from({ length: instruments }, (_, index): AgendaEntry => {
      return { atUs: atUs + FIRST_SNAPSHOT_AFTER_US + index * SNAPSHOT_EVERY_US, kind: 'snapshot', index }
    }),
  ]
  const incidents = (scenario.incidents ?? []).flatMap((incident): AgendaEntry[] => {
    const atUs = startUs + incident.atS * US_PER_SECOND
    switch (incident.kind) {
      case 'outage':
        return [{ atUs, kind: 'disconnect' }, ...connectAt(atUs + incident.forS * US_PER_SECOND)]
      case 'lostDiff':
        return [
          { atUs, kind: 'loseDiff', index: incident.index },
          { atUs: atUs + incident.resyncAfterS * US_PER_SECOND, kind: 'snapshot', index: incident.index },
        ]
    }
  })
  return [...connectAt(startUs), ...incidents]
    .filter((entry) => !('index' in entry) || entry.index < instruments)
    .sort((a, b) => a.atUs - b.atUs)
}
