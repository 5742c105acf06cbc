import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import { nextTurn } from '@triplane/async'
import { CaptureError } from './capture-error.ts'

const PLAIN_CHUNK_BYTES = 256 * 1024
/** Deflate shrinks at most 1032 to 1, so one piece inflates to less than 66 MB. */
const GZIP_PIECE_BYTES = 64 * 1024
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** The bytes of a capture file, inflated if it is gzip, in chunks that are never written to again. */
export interface CaptureBytes {
  /** Size of the file, compressed bytes. */
  readonly bytesTotal: number
  /** How much of the file `chunks` has read, compressed bytes. */
  bytesRead(): number
  /** The content from its beginning. Throws a `CaptureError` after everything readable. */
  chunks(): AsyncGenerator<Buffer>
}

/** Opens `path`, plain or gzip by its first bytes. Refuses a missing, empty or irregular file with a `CaptureError`. */
export async function openCaptureBytes(path: string): Promise<CaptureBytes> {
  const bytesTotal = await sizeOf(path)
  const isGzip = await startsAsGzip(path)
  let bytesRead = 0

  async function* fileChunks(highWaterMark: number): AsyncGenerator<Buffer> {
    bytesRead = 0
    try {
      for await (const chunk of createReadStream(path, { highWaterMark }) as AsyncIterable<Buffer>) {
        bytesRead += chunk.length
        yield chunk
      }
    } catch (error) {
      throw unreadable(path, error)
    }
  }

  return {
    bytesTotal,
    bytesRead: () => bytesRead,
    chunks: () =>
      withoutByteOrderMark(isGzip ? inflate(path, fileChunks(GZIP_PIECE_BYTES)) : fileChunks(PLAIN_CHUNK_BYTES)),
  }
}

/** Removes the byte order mark that some editors write before UTF-8: it is not part of the first line. */
async function* withoutByteOrderMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk
      continue
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
    if (head.length < BYTE_ORDER_MARK.length) continue
    const isMarked = head.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    const content = isMarked ? head.subarray(BYTE_ORDER_MARK.length) : head
    head = undefined
    if (content.length > 0) yield content
  }
  if (head !== undefined && head.length > 0) yield head
}

async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new CaptureError('not_found', path, 'Expected a file, was nothing there', error)
    throw unreadable(path, error)
  })
  if (!stats.isFile()) {
    throw new CaptureError('not_a_file', path, `Expected a file, was ${stats.isDirectory() ? 'a folder' : 'a device'}`)
  }
  if (stats.size === 0) throw new CaptureError('empty', path, 'Expected recorded lines, was an empty file')
  return stats.size
}

async function startsAsGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/**
 * Inflates piece by piece. A stream of pipes would discard what it has inflated at the end of a truncated file; here everything
 * before the fault is delivered first. The next piece is inflated while the last one is used.
 */
async function* inflate(path: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: PLAIN_CHUNK_BYTES })
  const inflated: Buffer[] = []
  const takeInflated = () => inflated.splice(0)
  gunzip.on('data', (chunk: Buffer) => inflated.push(chunk))
  gunzip.on('error', () => undefined)
  let written = Promise.resolve()
  try {
    for await (const piece of pieces) {
      await written
      written = write(gunzip, piece)
      written.catch(() => undefined)
      yield* takeInflated()
    }
    await written
    await nextTurn()
    yield* takeInflated()
    gunzip.end()
    await finished(gunzip)
    yield* takeInflated()
  } catch (error) {
    yield* takeInflated()
    throw error instanceof CaptureError ? error : corrupt(path, error)
  } finally {
    gunzip.destroy()
  }
}

function write(gunzip: Gunzip, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    gunzip.once('error', reject)
    gunzip.write(piece, (error) => {
      gunzip.off('error', reject)
      const failure = error ?? gunzip.errored
      if (failure) reject(failure)
      else resolve()
    })
  })
}

function corrupt(path: string, error: unknown): CaptureError {
  const was =
    (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'cut off' : `corrupt (${(error as Error).message})`
  return new CaptureError('corrupt_gzip', path, `Expected a whole gzip file, was ${was}`, error)
}

function unreadable(path: string, error: unknown): CaptureError {
  return new CaptureError('unreadable', path, `Expected a readable file, was ${(error as Error).message}`, error)
}
