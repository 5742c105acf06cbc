import { topics, type KillSwitch, type Run } from '@triplane/contracts'
import { decodeRecord, type KafkaBus } from '@triplane/messaging'

/**
 * Reads the topic of kill switches to its end and gives those that are active now and concern the run: its own automatic
 * switches, and the account's manual one whatever the run.
 */
export async function readActiveSwitches(bus: KafkaBus, group: string, run: Run): Promise<readonly KillSwitch[]> {
  const ends = await bus.endOf([topics.killSwitch])
  const newest = new Map<string, KillSwitch>()
  const consumer = bus.consumer({ group, topics: [topics.killSwitch], from: [] })
  const behind = new Map(ends.filter(({ offset }) => offset > 0).map(({ partition, offset }) => [partition, offset]))
  try {
    while (behind.size > 0) {
      await consumer.arrived()
      for (const record of consumer.take()) {
        if (record.offset + 1 >= (behind.get(record.partition) ?? 0)) behind.delete(record.partition)
        const events = decodeRecord(record)
        if (!events.ok) continue
        for (const event of events.value) {
          if (event.type !== 'killSwitch') continue
          const isManual = event.switchType === 'manual' && record.key === `${run.account}/manual`
          if (isManual || record.runId === run.runId) newest.set(record.key, event)
        }
      }
    }
  } finally {
    await consumer.close()
  }
  return [...newest.values()].filter(({ active }) => active)
}
