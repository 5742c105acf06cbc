import { stat } from 'node:fs/promises'
import { openCaptureBytes, type CaptureBytes } from './capture-bytes.ts'
import { CaptureError } from './capture-error.ts'
import { captureFeed, type CaptureFeed, type CaptureOptions } from './open-capture.ts'
import { recordingFiles } from './recording-files.ts'

export interface RecordingOptions extends CaptureOptions {
  /** Whose recording it is; a folder may hold those of several venues. */
  readonly venue: string
}

const NEWLINE = 0x0a

/**
 * Opens what a live feed has recorded into `folder`, all of its files as one capture: the items that the feed handed
 * over, but for the passing of time. A torn last line, which nobody has acted on, is left out. Throws a CaptureError,
 * `not_found` when there is no recording of the venue.
 */
export async function openRecording(folder: string, options: RecordingOptions): Promise<CaptureFeed> {
  const parts: CaptureBytes[] = []
  for (const path of await writtenFiles(folder, options.venue)) parts.push(await openCaptureBytes(path))
  // What the live feed handed over holds every disconnect already: nothing may be added, or items would be counted twice.
  return captureFeed(folder, joined(parts), { ...options, holeUs: Infinity })
}

/** Files that hold something: one that was opened just before the process died does not. */
async function writtenFiles(folder: string, venue: string): Promise<string[]> {
  const written: string[] = []
  try {
    for (const { path } of recordingFiles(folder, venue)) if ((await stat(path)).size > 0) written.push(path)
  } catch (error) {
    throw new CaptureError('not_found', folder, `Expected a folder, was ${(error as Error).message}`, error)
  }
  if (written.length === 0)
    throw new CaptureError('not_found', folder, `Expected a recording of ${venue}, was nothing there`)
  return written
}

function joined(parts: readonly CaptureBytes[]): CaptureBytes {
  return {
    bytesTotal: parts.reduce((sum, part) => sum + part.bytesTotal, 0),
    bytesRead: () => parts.reduce((sum, part) => sum + part.bytesRead(), 0),
    async *chunks() {
      for (const part of parts) yield* wholeLines(part.chunks())
    },
  }
}

/** The chunks without what comes after the last line break. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let open: Buffer[] = []
  for await (const chunk of chunks) {
    const newline = chunk.lastIndexOf(NEWLINE)
    if (newline < 0) {
      open.push(chunk)
      continue
    }
    yield* open
    yield chunk.subarray(0, newline + 1)
    open = [chunk.subarray(newline + 1)]
  }
}
