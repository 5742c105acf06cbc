import { stat } from 'node:fs/promises'
import { openCaptureBytes, type CaptureBytes } from './capture-bytes.ts'
import { CaptureError } from './capture-error.ts'
import { captureFeed, type CaptureFeed, type CaptureOptions } from './open-capture.ts'
import { recordingFiles } from './recording-files.ts'

export interface RecordingOptions extends CaptureOptions {
  /** The venue of the recording; a folder may contain those of several venues. */
  readonly venue: string
}

const NEWLINE = 0x0a

/**
 * Opens the recording of a live feed in `folder`, all of its files as one capture: the items of the feed, without the passing
 * of time. Skips a torn last line, on which no plane has acted. Throws a CaptureError, `not_found` when there is no recording
 * of the venue.
 */
export async function openRecording(folder: string, options: RecordingOptions): Promise<CaptureFeed> {
  const parts: CaptureBytes[] = []
  for (const path of await writtenFiles(folder, options.venue)) parts.push(await openCaptureBytes(path))
  // The recording already has every disconnect of the live feed: adding one would count items twice.
  return captureFeed(folder, joined(parts), { ...options, holeUs: Infinity })
}

/** The non-empty files: one that was opened just before the process died is empty. */
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

/** The chunks without anything after the last line break. */
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
