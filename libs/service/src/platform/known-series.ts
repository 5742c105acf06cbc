import { recordRefusals, topicOf, type EventType } from '@triplane/contracts'
import type { BusTopics, Metrics } from '@triplane/metrics'
import { storedEventTypes } from '@triplane/storage'

/** The types of event that the service stores: its outputs, and dead letters. */
export function storedOf({ produced }: BusTopics): readonly EventType[] {
  const said = new Set([...produced, topicOf.deadLetter].map(({ name }) => name))
  return storedEventTypes.filter((type) => said.has(topicOf[type].name))
}

/** Initialises the counters of refused records. */
export function showRecordRefusals({ stageRefused }: Pick<Metrics<string>, 'stageRefused'>): void {
  for (const reason of recordRefusals) stageRefused.of({ stage: 'decode', reason })
}
