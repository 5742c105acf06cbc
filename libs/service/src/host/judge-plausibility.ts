import { effectUsOf, onlyTightens, topics, type Event } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import type { BusRecord } from '@triplane/messaging'
import type { Judge, JudgeContext, Verdict } from './judge.ts'

/** More than any core says between two of its records that a plane hears. */
const MAX_SEQUENCE_STEP = 1e10
/** How far the sequences of an edge, which count from the wall clock on, may be ahead of ours, microseconds. */
const MAX_EDGE_LEAD_US = 60 * US_PER_SECOND

/**
 * Refuses what would move market time further than is plausible (`time_ahead`), and sequences so high that what their producer
 * says next would count as duplicates (`sequence_ahead`). What is late or repeated passes. A halt is never refused.
 */
export const judgePlausibility: Judge = function judgePlausibility(record, events, context) {
  const { run, bound } = context
  const { topic } = record
  const first = events[0]
  if (first === undefined || record.runId !== run.runId || onlyTightens(first)) return undefined
  if (topic.name === topics.heartbeats.name) return judgeBeats(events, bound)

  let newestUs = 0
  let highest = 0
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as Event
    const timeUs = effectUsOf(event)
    if (timeUs > newestUs) newestUs = timeUs
    if (event.seq > highest) highest = event.seq
  }
  const sequence = judgeSequence(record, highest, context)
  if (sequence) return sequence
  if (bound.allows(newestUs)) return undefined
  const beyond = bound.firstBeyond(events)
  return beyond && ahead(effectUsOf(beyond))
}

function judgeSequence(
  { topic, producer, key }: BusRecord<unknown>,
  highest: number,
  { clock, marks }: JudgeContext,
): Verdict | undefined {
  const isEdge = producer.endsWith('.edge')
  if (!isEdge && highest - marks.of(producer, topic.name, key) <= MAX_SEQUENCE_STEP) return undefined
  const limit = isEdge ? clock.nowUs() + MAX_EDGE_LEAD_US : Math.max(0, marks.highestOf(producer)) + MAX_SEQUENCE_STEP
  if (highest <= limit) return undefined
  return { code: 'sequence_ahead', detail: `Expected a sequence of ${producer} up to ${limit}, was ${highest}` }
}

function judgeBeats(events: readonly Event[], bound: JudgeContext['bound']): Verdict | undefined {
  for (const event of events)
    if (event.type === 'heartbeat' && event.stage === 'data' && !bound.allowsBeat(event)) return ahead(event.effectUs)
  return undefined
}

function ahead(timeUs: number): Verdict {
  return { code: 'time_ahead', detail: `Expected a plausible market time, was ${new Date(timeUs / 1000).toJSON()}` }
}
