import { topics, type AuditLink, type Event, type Run } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import { readToEnd, type Bus, type BusRecord, type Refusal } from '@triplane/messaging'
import { readRuns } from '@triplane/service'

const GROUP = 'cli'

/** What the command line reads on the control topics. */
export interface ControlTopics {
  /** The runs on the topic, oldest first. */
  readRuns(): Promise<Run[]>
  /** The newest published link of the audit chain; undefined when there is none. */
  newestAuditLink(): Promise<AuditLink | undefined>
  close(): Promise<void>
}

/** The control topics on a bus, whose records `decode` turns into events. Closing it closes the bus. */
export function createControlTopics<Payload>(
  bus: Bus<Payload>,
  decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>,
): ControlTopics {
  return {
    readRuns: () => readRuns(bus, GROUP, decode),
    close: () => bus.close(),

    async newestAuditLink() {
      let newest: AuditLink | undefined
      await readToEnd(bus, { group: GROUP, topics: [topics.audit] }, (record) => {
        const decoded = decode(record)
        for (const event of decoded.ok ? decoded.value : [])
          if (event.type === 'auditLink' && event.link > (newest?.link ?? 0)) newest = event
      })
      return newest
    },
  }
}
