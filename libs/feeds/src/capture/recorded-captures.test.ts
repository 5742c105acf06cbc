import { join } from 'node:path'
import { describeWithData, itemsOf, textOf } from '@triplane/testing'
import { mergeFeeds } from '../playback/merge-feeds.ts'
import { openCapture } from './open-capture.ts'

describeWithData('recorded captures', (folder) => {
  const binance = (name: string) => join(folder, 'binance_ws_20240808', `${name}.gz`)
  const cryptofeed = (name: string) => join(folder, 'cryptofeed_ws', name)

  it.each([
    {
      name: 'spot_btcusdt_20240808',
      venue: 'binance_spot',
      symbol: 'BTCUSDT',
      frames: 41_249,
      firstUs: 1_723_161_253_937_085,
      lastUs: 1_723_161_599_999_231,
    },
    {
      name: 'spot_btcusdt_20240809',
      venue: 'binance_spot',
      symbol: 'BTCUSDT',
      frames: 58_325,
      firstUs: 1_723_161_600_001_658,
      lastUs: 1_723_161_904_535_092,
    },
    {
      name: 'spot_ethusdt_20240808',
      venue: 'binance_spot',
      symbol: 'ETHUSDT',
      frames: 33_618,
      firstUs: 1_723_161_254_024_619,
      lastUs: 1_723_161_599_900_862,
    },
    {
      name: 'spot_ethusdt_20240809',
      venue: 'binance_spot',
      symbol: 'ETHUSDT',
      frames: 46_126,
      firstUs: 1_723_161_600_001_233,
      lastUs: 1_723_161_904_543_279,
    },
    {
      name: 'usdm_btcusdt_20240808',
      venue: 'binance_usdm',
      symbol: 'BTCUSDT',
      frames: 93_954,
      firstUs: 1_723_161_255_030_314,
      lastUs: 1_723_161_599_833_492,
    },
  ])('$name: every line is a frame', async ({ name, venue, symbol, frames, firstUs, lastUs }) => {
    const capture = await openCapture(binance(name))
    expect(capture.origin).toEqual({ source: 'capture', venue, snapshotSymbol: symbol })
    const [connect, ...items] = await itemsOf(capture)
    expect(connect).toEqual({ type: 'connect', origin: capture.origin, tsRecvUs: firstUs })
    expect(items.every((item) => item.type === 'frame')).toBe(true)
    expect(items.length).toBe(frames)
    expect([items[0]?.tsRecvUs, items.at(-1)?.tsRecvUs]).toEqual([firstUs, lastUs])
    expect(capture.bytesRead()).toBe(capture.bytesTotal)
  })

  it('plays two days given together as one, whichever comes first', async () => {
    const days = ['spot_btcusdt_20240809', 'spot_btcusdt_20240808']
    const merged = await itemsOf(mergeFeeds(await Promise.all(days.map((day) => openCapture(binance(day))))))
    expect(merged.length).toBe(41_249 + 58_325 + 2)
    expect(merged.every((item, i) => i === 0 || item.tsRecvUs >= (merged[i - 1]?.tsRecvUs ?? 0))).toBe(true)
    const diffs = merged.map(textOf).filter((text) => text.includes('"depthUpdate"'))
    const idsOf = (text: string) => [Number(/"U":(\d+)/.exec(text)?.[1]), Number(/"u":(\d+)/.exec(text)?.[1])] as const
    const gaps = diffs.filter((diff, i) => i > 0 && idsOf(diff)[0] !== idsOf(diffs[i - 1] ?? '')[1] + 1)
    expect(diffs.length).toBe(6_495)
    expect(gaps).toEqual([])
  })

  it('plays the WebSocket and the REST file of cryptofeed together', async () => {
    const [stream, rest] = await Promise.all([
      openCapture(cryptofeed('BINANCE.ws.1.0')),
      openCapture(cryptofeed('BINANCE.http.0.0')),
    ])
    expect(stream.origin).toEqual({ source: 'capture', venue: 'binance_spot' })
    const items = await itemsOf(mergeFeeds([stream, rest]))
    const frames = items.filter((item) => item.type === 'frame')
    expect(frames.length).toBe(265 + 4)
    expect(items.length).toBe(frames.length + 2)
    const snapshots = frames.filter((frame) => frame.origin.snapshotSymbol !== undefined)
    expect(snapshots.map((frame) => [frame.tsRecvUs, frame.origin.snapshotSymbol])).toEqual([
      [1_633_998_512_320_639, 'NKNUSDT'],
      [1_633_998_514_646_290, 'BLZETH'],
      [1_633_998_516_844_381, 'LRCBTC'],
      [1_633_998_522_743_208, 'RUNEEUR'],
    ])
    expect(frames[0]?.tsRecvUs).toBe(1_633_998_512_063_357)
  })

  it.each([
    { name: 'KRAKEN.ws.48.0', frames: 49 },
    { name: 'KRAKEN.ws.49.0', frames: 60 },
    { name: 'KRAKEN.ws.50.0', frames: 4_321 },
  ])('plays $name as of its own venue', async ({ name, frames }) => {
    const capture = await openCapture(cryptofeed(name))
    expect(capture.origin).toEqual({ source: 'capture', venue: 'kraken' })
    const kinds: Record<string, number> = {}
    for (const { type } of await itemsOf(capture)) kinds[type] = (kinds[type] ?? 0) + 1
    expect(kinds).toEqual({ connect: 1, frame: frames })
  })

  it.each(['OKX.ws.1.0', 'COINBASE.ws.28.0', 'BYBIT.ws.1.0'])(
    '%s: refuses a venue that it does not know',
    async (name) => {
      await expect(openCapture(cryptofeed(name))).rejects.toMatchObject({ code: 'unknown_venue' })
    },
  )
})
