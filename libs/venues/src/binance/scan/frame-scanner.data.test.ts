import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Frame } from '@triplane/market-data'
import { describeWithData } from '@triplane/testing'
import { spot, usdm } from '../../../test/binance-frames.ts'
import { readers, waysOf } from '../../../test/binance-readers.ts'

describeWithData('the scanners on recorded frames', (folder) => {
  it.each([
    { file: 'usdm_btcusdt_20240808', origin: usdm, frames: 93_954, left: 4 },
    { file: 'spot_btcusdt_20240808', origin: spot },
    { file: 'spot_btcusdt_20240809', origin: spot },
    { file: 'spot_ethusdt_20240808', origin: spot },
    { file: 'spot_ethusdt_20240809', origin: spot },
  ])('agree with the parser on each of $file', ({ file, origin, frames, left }) => {
    const bytes = gunzipSync(readFileSync(join(folder, 'binance_ws_20240808', `${file}.gz`)))
    const { agreesOn } = waysOf(
      origin,
      readers.map(({ reader }) => reader),
    )
    let count = 0
    let unread = 0
    for (let lineStart = 0, end; lineStart < bytes.length; lineStart = end + 1) {
      end = bytes.indexOf(0x0a, lineStart)
      if (end < 0) end = bytes.length
      const start = bytes.indexOf(0x20, lineStart) + 1
      const frame: Frame = { type: 'frame', origin, bytes, start, end, tsRecvUs: 1 }
      if (!agreesOn(frame)) unread++
      count++
    }
    if (frames !== undefined) expect([count, unread]).toEqual([frames, left])
    // The first of each message, and what a division may not give exactly.
    expect(unread).toBeLessThan(0.001 * count)
  })
})
