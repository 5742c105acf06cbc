import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How many sequences are reserved at once: an edge says fewer a second, and no process starts within one, so sequences never run
 * far ahead of the clock, by which others judge them.
 */
const RESERVED = 1_000_000
/** What earlier builds reserved, in a file of its own, and never used. */
const EARLIER_RESERVED = 2 ** 32

/** The sequences of a process's edge. */
export interface ReservedSequences {
  /** Its sequences start above it. */
  readonly lastSeq: number
  /** Has to be called with each sequence before it is used: reserves more when they are used up. */
  readonly use: (seq: number) => void
}

/**
 * Reserves the sequences that this process's edge counts: above those of all earlier processes, which `folder` records, also when
 * the clock was set back. Calls `onFault` when the folder cannot be written: then the next process has only its clock to go by.
 */
export function reserveSequences(folder: string, nowUs: number, onFault: (fault: unknown) => void): ReservedSequences {
  const file = join(folder, 'edge-sequences')
  const earlier = reservedThrough(join(folder, 'edge-sequence')) - EARLIER_RESERVED + RESERVED
  const lastSeq = Math.max(nowUs, reservedThrough(file), earlier)
  let through = lastSeq

  function use(seq: number): void {
    if (seq <= through) return
    through = seq + RESERVED
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(`${file}.new`, String(through), { mode: 0o600, flush: true })
      renameSync(`${file}.new`, file)
    } catch (fault) {
      onFault(fault)
    }
  }

  use(lastSeq + 1)
  return { lastSeq, use }
}

/** 0 for a missing file, or one without a number. */
function reservedThrough(file: string): number {
  try {
    const through = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(through) ? through : 0
  } catch {
    return 0
  }
}
