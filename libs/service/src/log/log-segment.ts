import { scanLines, scanRecords } from '@triplane/storage'
import { decodeTurn, type LoggedTurn } from './turn.ts'

/** The version of a segment: of its framing, of what a turn holds. */
export const LOG_VERSION = 3

/** The first record of a segment, as JSON, so that a build of any version can tell whose it is. */
export interface LogHeader {
  readonly version: typeof LOG_VERSION
  readonly runId: string
  readonly plane: string
  /** The turn that the segment follows; 0 at the start of the run. */
  readonly afterTurn: number
  /** Digest of the configuration: turns are only repeated under the same one. */
  readonly configDigest: string
  readonly commit: string
  readonly node: string
}

/**
 * The input log cannot be written (`unwritable`), which may pass; a sync failed (`unsynced`), which is final, because
 * the content of the disk is then unknown; or the log does not continue the snapshot (`broken`, `other_config`,
 * `other_version`).
 */
export class InputLogError extends Error {
  override readonly name = 'InputLogError'
  readonly code: 'unwritable' | 'unsynced' | 'broken' | 'other_config' | 'other_version'
  readonly retryable = false

  constructor(code: InputLogError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** A segment with at least one turn. */
export interface LogSegment {
  readonly header: LogHeader
  readonly turns: readonly LoggedTurn[]
}

/** Encodes the header of a segment. */
export const encodeHeader = (header: LogHeader): Buffer => Buffer.from(JSON.stringify(header))

/**
 * Reads a segment; undefined when it has no turn. Leaves out a torn last record: no output followed it. Throws InputLogError
 * when another one is damaged (`broken`), or when another version of Triplane wrote it.
 */
export function readSegment(bytes: Buffer, name: string): LogSegment | undefined {
  const records = isOfLines(bytes) ? scanLines(bytes).lines : scanRecords(bytes)
  const damaged = records.indexOf(undefined)
  if (damaged !== -1 && damaged < records.length - 1)
    throw new InputLogError('broken', `Expected whole records in ${name}, was record ${damaged + 1} damaged`)
  const [first, ...rest] = records.flatMap((record) => record ?? [])
  if (first === undefined || rest.length === 0) return undefined
  const header = JSON.parse(first.toString('utf8')) as LogHeader
  const version: number = header.version
  if (version !== LOG_VERSION)
    throw new InputLogError(
      'other_version',
      `Expected an input log of version ${LOG_VERSION}, was ${version}: another version of Triplane wrote it. Start once with that one and stop cleanly, then start a new run.`,
    )
  const turns = rest.map((record, i) => {
    const turn = decodeTurn(record)
    if (!turn.ok) throw new InputLogError('broken', `Expected a turn in record ${i + 2} of ${name}: ${turn.error}`)
    return turn.value
  })
  return { header, turns }
}

/** Versions 1 and 2 were lines of text: each begins with a hex digit of its checksum. */
function isOfLines(bytes: Buffer): boolean {
  return /^[0-9a-f]/.test(bytes.toString('latin1', 0, 1))
}
