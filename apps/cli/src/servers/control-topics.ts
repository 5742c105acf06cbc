import { topics, type AuditLink, type Event, type Run } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import { readToEnd, type Bus, type BusRecord, type Refusal } from '@triplane/messaging'
import { readRuns, startRun, type NewRun } from '@triplane/service'

const GROUP = 'cli'

/** What the command line reads and writes of the topics of control. */
export interface ControlTopics {
  /** The runs that the topic holds, oldest first. */
  readRuns(): Promise<Run[]>
  startRun(run: NewRun): Promise<Run>
  /** The newest link of the audit chain that was published; undefined when none was. */
  newestAuditLink(): Promise<AuditLink | undefined>
  close(): Promise<void>
}

/** The topics of control on a bus, whose records `decode` makes events of. Closing it closes the bus. */
export function createControlTopics<Payload>(
  bus: Bus<Payload>,
  decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>,
): ControlTopics {
  return {
    readRuns: () => readRuns(bus, GROUP, decode),
    startRun: (run) => startRun(bus, run),
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
