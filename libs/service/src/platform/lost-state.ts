import type { Run, Topic } from '@triplane/contracts'
import { readToEnd, type Bus } from '@triplane/messaging'
import { PlaneSuspendedError } from '../log/failed-turn.ts'

/**
 * Checks that a plane without saved state is at the start of its run. If the bus already has outputs of it, its state
 * is lost (a volume, a folder), and it would decide everything again: throws PlaneSuspendedError.
 */
export async function assertNoPriorOutput<Payload>(
  bus: Bus<Payload>,
  { runId, positions }: Run,
  producer: string,
  topics: readonly Topic[],
): Promise<void> {
  const from = positions.filter(({ topic }) => topics.some(({ name }) => name === topic))
  await readToEnd(bus, { group: `${producer}.start`, topics, from }, (record) => {
    if (record.runId !== runId || record.producer !== producer) return
    throw new PlaneSuspendedError(
      `No snapshot and no input log of run ${runId}, in which ${producer} has already published. ` +
        'Restore the state folder, or start a new run.',
    )
  })
}
