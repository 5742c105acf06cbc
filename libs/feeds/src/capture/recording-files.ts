import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const NUMBER_DIGITS = 6
const FILE_NAME = /^(.+)-(\d{6,})\.capture$/

/** One file of a recording. */
export interface RecordingFile {
  readonly path: string
  readonly number: number
}

/** The files of a venue's recording in `folder`, in the order of writing. */
export function recordingFiles(folder: string, venue: string): readonly RecordingFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const [, ofVenue, digits] = FILE_NAME.exec(name) ?? []
      return ofVenue === venue ? [{ path: join(folder, name), number: Number(digits) }] : []
    })
    .sort((a, b) => a.number - b.number)
}

/** Path of the file with this number. */
export function recordingPath(folder: string, venue: string, number: number): string {
  return join(folder, `${venue}-${String(number).padStart(NUMBER_DIGITS, '0')}.capture`)
}
