import { judgeOwner, topics, type KillSwitch, type Run } from '@triplane/contracts'
import { decodeRecord, readToEnd, type Bus } from '@triplane/messaging'

/**
 * Reads the kill-switch topic to its end. Gives the active switches that concern the run: its own automatic ones, and
 * the account's manual one. What the switches' owner did not write, or what deletes one, changes none.
 */
export async function readActiveSwitches(bus: Bus<Buffer>, group: string, run: Run): Promise<readonly KillSwitch[]> {
  const newest = new Map<string, KillSwitch>()
  await readToEnd(bus, { group, topics: [topics.killSwitch] }, (record) => {
    const events = decodeRecord(record)
    if (!events.ok || judgeOwner(record, events.value)) return
    for (const event of events.value) {
      if (event.type !== 'killSwitch') continue
      const isManual = event.switchType === 'manual' && record.key === `${run.account}/manual`
      if (isManual || record.runId === run.runId) newest.set(record.key, event)
    }
  })
  return [...newest.values()].filter(({ active }) => active)
}
