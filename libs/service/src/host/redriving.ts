import { effectUsOf, judgeOwner, keyOf, topics, type Event, type EventType, type Run } from '@triplane/contracts'
import type { RedriveDesk, RedrivenRecord } from '@triplane/control'
import { err, ok, type Result } from '@triplane/kernel'
import { decodeRecord } from '@triplane/messaging'
import type { HighWaterMarks } from './high-water-marks.ts'

/** What says how the market stands now, or goes on from what was before: said late, it would be wrong. */
const ofTheMoment: ReadonlySet<EventType> = new Set(['marketStatus', 'bookDelta', 'bookSnapshot'])

export interface RedrivingOptions<In extends Event> {
  readonly run: Pick<Run, 'runId' | 'account'>
  /** The types that the core hears. */
  readonly heard: ReadonlySet<EventType>
  readonly marks: Pick<HighWaterMarks, 'of'>
  /** The market time reached. */
  readonly marketUs: () => number
  /** False while turns are repeated, or cannot be logged. */
  readonly isReady: () => boolean
  readonly inject: (producer: string, ...events: readonly In[]) => void
}

/**
 * Takes refused market records once more, each once: in the name of where it lies, so that a copy is known, also after a
 * restart. Never moves market time. Records of other topics are refused: the planes have decided without them.
 */
export function createRedriving<In extends Event>(options: RedrivingOptions<In>): RedriveDesk {
  const { run, heard, marks, marketUs, isReady, inject } = options

  function read(record: RedrivenRecord): Result<readonly In[], string> {
    const { topic, runId, producer } = record
    if (topic !== topics.market.name) return err(`Expected a record of ${topics.market.name}, was of ${topic}`)
    if (!isReady()) return err('Expected a plane that is ready, was not')
    if (runId !== run.runId) return err(`Expected a record of the run ${run.runId}, was of ${runId}`)
    const ofBus = { ...record, topic: topics.market, seq: 0, tsSentUs: 0, events: record.raw }
    const decoded = decodeRecord(ofBus, heard)
    if (!decoded.ok) return err(`${decoded.error.detail} (${decoded.error.code})`)
    const foreign = judgeOwner({ topic: topics.market, producer }, decoded.value)
    if (foreign) return err(`${foreign.detail} (${foreign.code})`)
    const ahead = decoded.value.find((event) => effectUsOf(event) > marketUs())
    if (ahead) return err(`Expected no event beyond market time ${marketUs()}, was ${effectUsOf(ahead)}`)
    return ok(
      decoded.value.filter((event) => heard.has(event.type) && isNew(record, event)) as readonly Event[] as In[],
    )
  }

  function isNew(record: RedrivenRecord, event: Event): boolean {
    const name = nameOf(record)
    if (ofTheMoment.has(event.type)) return false
    return event.seq > marks.of(name, record.topic, keyOf(event, run.account, name))
  }

  return {
    judge(record) {
      const events = read(record)
      return events.ok ? ok(events.value.length) : events
    },
    give(record) {
      const events = read(record)
      if (!events.ok) return events
      if (events.value.length > 0) inject(nameOf(record), ...events.value)
      return ok(events.value.length)
    },
  }
}

function nameOf({ partition, offset }: RedrivenRecord): string {
  return `redrive/${partition}/${offset}`
}
