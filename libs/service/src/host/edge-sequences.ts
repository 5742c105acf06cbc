import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** More than any process sends past its core. */
const RESERVED = 2 ** 32

/**
 * The number after which this process's edge counts its sequences: above those of all earlier processes, which `folder`
 * records, also when the clock was set back. Calls `onFault` when the folder cannot be written: then the next process
 * has only its clock to go by.
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

/** 0 for a missing file, or one without a number. */
function reservedThrough(file: string): number {
  try {
    const through = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(through) ? through : 0
  } catch {
    return 0
  }
}
