import { readCrashNote, removeCrashNote } from '../lifecycle/crash-note.ts'
import type { PlaneConfig } from '../service-config.ts'
import type { RunContext } from './plane-service.ts'

/**
 * Orders a halt, in the plane's name, when the previous process crashed by a bug. Order planes keep a halt of their
 * own. The crash note is removed once the bus has the order; until then every start orders it again.
 */
export function haltAfterCrash(
  { state }: Pick<PlaneConfig, 'state'>,
  service: string,
  { edge, logger }: Pick<RunContext, 'edge' | 'logger'>,
): void {
  const note = readCrashNote(state.folder, service)
  if (!note) return
  const why = `crashed: ${note.error.split('\n')[0] ?? ''}`
  logger.critical('The previous process crashed by a bug: ordering a halt', { why })
  edge.control({ type: 'operatorCommand', seq: edge.nextSeq(), effectUs: 0, command: 'halt', who: service, why })
  const remove = () => removeCrashNote(state.folder, service)
  void edge
    .flushed()
    .then(remove, () => logger.warning('The halt is not on the bus yet: the next start orders it again'))
}
