import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The note that a process leaves when it meets a bug. */
export interface CrashNote {
  readonly atUs: number
  readonly error: string
}

const fileIn = (folder: string, service: string) => join(folder, `crash-${service}.json`)

/** Writes the note. The process is about to die, so this is synchronous and ignores errors. */
export function leaveCrashNote(folder: string, service: string, note: CrashNote): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(fileIn(folder, service), JSON.stringify(note), { flush: true })
  } catch {
    // The log has the error too; nothing else can be done.
  }
}

/** The note of the previous process; undefined when it did not crash by a bug. An unreadable note counts as a crash. */
export function readCrashNote(folder: string, service: string): CrashNote | undefined {
  let text: string
  try {
    text = readFileSync(fileIn(folder, service), 'utf8')
  } catch {
    return undefined
  }
  try {
    return JSON.parse(text) as CrashNote
  } catch {
    return { atUs: 0, error: 'a crash with an unreadable note' }
  }
}

/** Removes the note once it has been acted on. */
export function removeCrashNote(folder: string, service: string): void {
  rmSync(fileIn(folder, service), { force: true })
}
