import { recordRefusals, topicOf, type EventType } from '@triplane/contracts'
import { controlRefusals } from '@triplane/control'
import type { BusTopics, Metrics } from '@triplane/metrics'
import { storedEventTypes } from '@triplane/storage'

/** What the service stores of what it says: its outputs, and the records that it cannot read. */
export function storedOf({ produced }: BusTopics): readonly EventType[] {
  const said = new Set([...produced, topicOf.deadLetter].map(({ name }) => name))
  return storedEventTypes.filter((type) => said.has(topicOf[type].name))
}

/** Shows what the service can refuse past its core: requests of operators and, where it reads the bus, records. */
export function showRefusals({ stageRefused }: Metrics<string>, { consumed }: BusTopics): void {
  for (const reason of controlRefusals) stageRefused.of({ stage: 'control', reason })
  if (consumed.length > 0) for (const reason of recordRefusals) stageRefused.of({ stage: 'decode', reason })
}
