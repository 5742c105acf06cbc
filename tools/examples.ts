import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EXAMPLE_CAPTURE, exampleCapture } from './example-capture.ts'
import { LIVE_PICTURE, livePicture } from './live-picture.ts'

/** `npm run examples`: writes the capture and the picture of the README. */
const root = join(import.meta.dirname, '..')
const write = (path: string, content: string | Buffer) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
  process.stdout.write(`${path}: ${content.length} bytes\n`)
}
write(EXAMPLE_CAPTURE, gzipSync(exampleCapture(), { level: 9 }))
write(LIVE_PICTURE, await livePicture())
