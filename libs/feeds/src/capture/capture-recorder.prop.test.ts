import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeedItem, FrameOrigin } from '@triplane/market-data'
import { itemsOf, testStartUs, textOf } from '@triplane/testing'
import fc from 'fast-check'
import { openCapture } from './open-capture.ts'
import { CaptureRecorder, type SyncFile } from './capture-recorder.ts'
import { openRecording } from './open-recording.ts'
import { RecordingError } from './recording-error.ts'

const root = mkdtempSync(join(tmpdir(), 'triplane-recording-'))
afterAll(() => rmSync(root, { recursive: true }))
const aFolder = () => mkdtempSync(join(root, 'run-'))

const venue = 'binance_spot'
const origin: FrameOrigin = { source: 'live', venue }

function aRecorder(folder: string, maxFileBytes = 1_000_000, sync?: SyncFile, file?: string): CaptureRecorder {
  return new CaptureRecorder({
    ...{ folder, file },
    sync,
    feed: { source: 'live', venue, symbols: ['BTC/USDT'] },
    maxFileBytes,
    streamUrl: 'wss://stream.binance.com:9443/stream?streams=btcusdt@trade',
    snapshotUrl: (symbol) => `https://api.binance.com/api/v3/depth?symbol=${symbol}&limit=1000`,
    listUrl: 'https://api.binance.com/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%5D',
  })
}

function aFrame(tsRecvUs: number, text: string, of: FrameOrigin = origin): FeedItem {
  const bytes = Buffer.from(` ${text}\n`)
  return { type: 'frame', origin: of, bytes, start: 1, end: bytes.length - 1, tsRecvUs }
}

/** Everything that a recording must replay. */
const brief = (item: FeedItem) => {
  const head = `${item.type} ${item.tsRecvUs}`
  if (item.type === 'disconnect') return `${head} ${item.reason}`
  if (item.type !== 'frame') return head
  const { snapshotSymbol = '-', isInstrumentList = false, pastBarsUrl: past } = item.origin
  return `${head} ${isInstrumentList ? 'list' : (past ?? snapshotSymbol)} ${textOf(item)}`
}
const replayed = async (folder: string) => (await itemsOf(await openRecording(folder, { venue }))).map(brief)

const pastBarsUrl = 'https://api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=32'

/** The items of a feed, in batches: a connect first, then frames, snapshots, silence, disconnects, connects. */
const aSession = fc
  .array(
    fc.array(
      fc.record({
        stepUs: fc.nat(2_000_000),
        what: fc.constantFrom('frame', 'frame', 'frame', 'snapshot', 'list', 'past', 'time', 'turn'),
        text: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\n\r]/.test(text)),
        reason: fc.constantFrom('closed', 'stalled', 'slow_consumer'),
      }),
      { maxLength: 8 },
    ),
    { maxLength: 8 },
  )
  .map((batches) => {
    let tsRecvUs = testStartUs
    let isConnected = true
    const items = batches.map((batch) =>
      batch.map(({ stepUs, what, text, reason }): FeedItem => {
        tsRecvUs += stepUs
        if (what === 'time') return { type: 'time', tsRecvUs }
        if (what === 'snapshot') return aFrame(tsRecvUs, text, { ...origin, snapshotSymbol: 'BTCUSDT' })
        if (what === 'list') return aFrame(tsRecvUs, text, { ...origin, isInstrumentList: true })
        if (what === 'past') return aFrame(tsRecvUs, text, { ...origin, pastBarsUrl })
        if (what === 'frame') return aFrame(tsRecvUs, text)
        isConnected = !isConnected
        return isConnected ? { type: 'connect', origin, tsRecvUs } : { type: 'disconnect', origin, tsRecvUs, reason }
      }),
    )
    return [[{ type: 'connect', origin, tsRecvUs: testStartUs } satisfies FeedItem], ...items]
  })

describe('CaptureRecorder', () => {
  it('records what openRecording replays, over files of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        aSession,
        fc.constantFrom(1, 300, 1_000_000),
        fc.nat(5),
        async (batches, maxFileBytes, beyondUs) => {
          const folder = aFolder()
          const recorder = aRecorder(folder, maxFileBytes)
          for (const batch of batches) recorder.write(batch)
          const lastUs = batches.flat().at(-1)?.tsRecvUs ?? 0
          recorder.end(lastUs + beyondUs)
          await recorder.close()
          const want = batches.flat().filter(({ type }) => type !== 'time')
          const isLater = lastUs + beyondUs > (want.at(-1)?.tsRecvUs ?? 0)
          const end = isLater ? [`time ${lastUs + beyondUs}`] : []
          expect(await replayed(folder)).toEqual([...want.map(brief), ...end])
        },
      ),
      { numRuns: 60 },
    )
  })

  it('continues in new files when recreated, and leaves the old ones untouched', async () => {
    const folder = aFolder()
    const first = aRecorder(folder)
    first.write([{ type: 'connect', origin, tsRecvUs: testStartUs }, aFrame(testStartUs, 'before')])
    await first.close()
    const second = aRecorder(folder)
    second.write([{ type: 'disconnect', origin, tsRecvUs: testStartUs + 7, reason: 'restart' }])
    second.write([{ type: 'connect', origin, tsRecvUs: testStartUs + 8 }, aFrame(testStartUs + 9, 'after')])
    await second.close()
    expect(readdirSync(folder).sort()).toEqual(['binance_spot-000001.capture', 'binance_spot-000002.capture'])
    expect(await replayed(folder)).toEqual([
      `connect ${testStartUs}`,
      `frame ${testStartUs} - before`,
      `disconnect ${testStartUs + 7} restart`,
      `connect ${testStartUs + 8}`,
      `frame ${testStartUs + 9} - after`,
    ])
  })

  it('records which feed it is of', async () => {
    const folder = aFolder()
    const file = join(folder, 'one.capture')
    const recorder = aRecorder(folder, 1, undefined, file)
    recorder.write([{ type: 'connect', origin, tsRecvUs: testStartUs }, aFrame(testStartUs, 'whole')])
    // Longer than any hole of a capture without its own disconnects.
    recorder.write([aFrame(testStartUs + 3_600_000_000, 'later')])
    recorder.end(testStartUs + 3_600_000_500)
    await recorder.close()
    expect(readdirSync(folder)).toEqual(['one.capture'])
    const capture = await openCapture(file)
    expect(capture).toMatchObject({ origin: { source: 'live', venue }, symbols: ['BTC/USDT'] })
    expect((await itemsOf(capture)).map(brief)).toEqual([
      `connect ${testStartUs}`,
      `frame ${testStartUs} - whole`,
      `frame ${testStartUs + 3_600_000_000} - later`,
      `time ${testStartUs + 3_600_000_500}`,
    ])
    expect(() => aRecorder(folder, 1, undefined, file).write([aFrame(testStartUs, 'again')])).toThrow(RecordingError)
  })

  it('has passed everything to the operating system when write returns', async () => {
    const folder = aFolder()
    const recorder = aRecorder(folder)
    recorder.write([{ type: 'connect', origin, tsRecvUs: testStartUs }, aFrame(testStartUs, 'not closed')])
    expect(await replayed(folder)).toEqual([`connect ${testStartUs}`, `frame ${testStartUs} - not closed`])
    await recorder.close()
  })

  it('skips a torn line, an empty file, and files of others', async () => {
    const folder = aFolder()
    const recorder = aRecorder(folder)
    recorder.write([{ type: 'connect', origin, tsRecvUs: testStartUs }, aFrame(testStartUs, 'whole')])
    await recorder.close()
    appendFileSync(join(folder, 'binance_spot-000001.capture'), `${testStartUs}000 {"tor`)
    writeFileSync(join(folder, 'binance_spot-000002.capture'), '')
    writeFileSync(join(folder, 'binance_usdm-000001.capture'), `${testStartUs}000 {"e":"bookTicker"}\n`)
    writeFileSync(join(folder, 'notes.txt'), 'hello')
    const after = aRecorder(folder)
    after.write([aFrame(testStartUs + 1, 'next')])
    await after.close()
    expect(await replayed(folder)).toEqual([
      `connect ${testStartUs}`,
      `frame ${testStartUs} - whole`,
      `frame ${testStartUs + 1} - next`,
    ])
  })

  it.each([
    { name: 'the current one', maxFileBytes: 1_000_000, syncs: 1 },
    { name: 'one of a closed file', maxFileBytes: 1, syncs: 1 },
  ])('stops writing and syncing after a failed sync: $name', async ({ maxFileBytes, syncs }) => {
    const folder = aFolder()
    let tried = 0
    const recorder = aRecorder(folder, maxFileBytes, () => Promise.reject(new Error(`EIO ${++tried}`)))
    recorder.write([{ type: 'connect', origin, tsRecvUs: testStartUs }])
    if (maxFileBytes === 1) recorder.write([aFrame(testStartUs, 'next file')])
    const before = await replayed(folder)
    while (tried === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setImmediate(resolve))
    const fault = expect.objectContaining({ name: 'RecordingError', code: 'unsynced', retryable: false })
    expect(() => recorder.write([aFrame(testStartUs + 1, 'lost')])).toThrow(fault)
    expect(() => recorder.write([])).toThrow(fault)
    await expect(recorder.close()).rejects.toEqual(fault)
    expect(await replayed(folder)).toEqual(before)
    expect(tried).toBe(syncs)
  })

  it('refuses a folder that is a file, and a missing recording', async () => {
    const path = join(aFolder(), 'file')
    writeFileSync(path, '')
    expect(() => aRecorder(path)).toThrow(RecordingError)
    await expect(openRecording(aFolder(), { venue })).rejects.toMatchObject({ code: 'not_found' })
    await expect(openRecording(join(root, 'nowhere'), { venue })).rejects.toMatchObject({ code: 'not_found' })
  })
})
