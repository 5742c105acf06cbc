import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a process that met a bug leaves for the one after it. */
export interface CrashNote {
  readonly atUs: number
  readonly error: string
}

const fileIn = (folder: string, service: string) => join(folder, `crash-${service}.json`)

/** Leaves the note. Called when the process is about to die, so it is synchronous and swallows what fails. */
export function leaveCrashNote(folder: string, service: string, note: CrashNote): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(fileIn(folder, service), JSON.stringify(note), { flush: true })
  } catch {
    // The log has the error too; there is nothing else left to do.
  }
}

/** The note of the process before; undefined when it did not crash by a bug. A note that cannot be read is a crash too. */
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
    return { atUs: 0, error: 'a crash whose note cannot be read' }
  }
}

/** Removes the note once it has been acted on. */
export function removeCrashNote(folder: string, service: string): void {
  rmSync(fileIn(folder, service), { force: true })
}
