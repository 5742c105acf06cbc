import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** More than a process ever says past its core. */
const RESERVED = 2 ** 32

/**
 * The number above which an edge of this process counts its sequences: above all that earlier processes gave, which keep
 * their state in `folder`, also when the clock has stepped back since. `onFault` is told when the folder does not keep it:
 * then the next process has only its clock to go by.
 */
export function reserveSequences(folder: string, nowUs: number, onFault: (fault: unknown) => void): number {
  const file = join(folder, 'edge-sequence')
  const from = Math.max(nowUs, reservedThrough(file))
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${file}.new`, String(from + RESERVED), { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  } catch (fault) {
    onFault(fault)
  }
  return from
}

/** 0 for a file that is not there, or holds no number. */
function reservedThrough(file: string): number {
  try {
    const through = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(through) ? through : 0
  } catch {
    return 0
  }
}
