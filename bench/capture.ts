import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Frame } from '@triplane/market-data'

/** The recorded USD-M capture in memory: every line's payload as a frame. */
export interface Capture {
  readonly bytes: Buffer
  readonly frames: readonly Frame[]
}

/** The folder of the capture, if there is recorded data. */
export function usdmCaptureFile(): string {
  return join(resolve(process.env['TRIPLANE_DATA'] ?? '../shared/data'), 'binance_ws_20240808/usdm_btcusdt_20240808.gz')
}

/** Loads the capture; undefined where there is no recorded data. */
export function loadUsdmCapture(): Capture | undefined {
  const file = usdmCaptureFile()
  if (!existsSync(file)) return undefined
  const bytes = gunzipSync(readFileSync(file))
  const origin = { source: 'capture', venue: 'binance_usdm', snapshotSymbol: 'BTCUSDT' }
  const frames: Frame[] = []
  for (let lineStart = 0, end; lineStart < bytes.length; lineStart = end + 1) {
    end = bytes.indexOf('\n', lineStart)
    if (end < 0) end = bytes.length
    const space = bytes.indexOf(' ', lineStart)
    const tsRecvUs = Math.floor(Number(bytes.toString('latin1', lineStart, space)) / 1000)
    frames.push({ type: 'frame', origin, bytes, start: space + 1, end, tsRecvUs })
  }
  return { bytes, frames }
}
