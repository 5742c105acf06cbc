import { recordRefusals, topicOf, type EventType } from '@triplane/contracts'
import type { BusTopics, Metrics } from '@triplane/metrics'
import { storedEventTypes } from '@triplane/storage'

/** What the service stores of what it says: its outputs, and the records that it cannot read. */
export function storedOf({ produced }: BusTopics): readonly EventType[] {
  const said = new Set([...produced, topicOf.deadLetter].map(({ name }) => name))
  return storedEventTypes.filter((type) => said.has(topicOf[type].name))
}

/** Shows from the start why a service that reads the bus can refuse a record. */
export function showRecordRefusals({ stageRefused }: Pick<Metrics<string>, 'stageRefused'>): void {
  for (const reason of recordRefusals) stageRefused.of({ stage: 'decode', reason })
}
