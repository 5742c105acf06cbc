import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FeedItem } from '@triplane/market-data'
import { textOf } from '@triplane/testing'
import { CaptureError } from './capture-error.ts'
import { openCapture, type CaptureFeed, type CaptureOptions } from './open-capture.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-capture-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: string | Buffer): string {
  const path = join(folder, `${Math.random()}.txt`)
  writeFileSync(path, content)
  return path
}

const depth = (symbol: string, pu = '') =>
  `{"stream":"${symbol.toLowerCase()}@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"${symbol}","U":1,"u":2${pu},"b":[],"a":[]}}`
const usdm = `1723161255030314667 ${depth('BTCUSDT', ',"pu":0')}`
const spot = `1723161255030314667 ${depth('BTCUSDT')}`
const snapshot = '1723161255319702566 {"lastUpdateId":2,"bids":[],"asks":[]}'

/** Everything that a capture delivers, as a text per item, and the code of the error at the end if there is one. */
async function play(capture: CaptureFeed): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const batch of capture.batches()) for (const item of batch) lines.push(describeItem(item))
  } catch (error) {
    lines.push((error as CaptureError).code)
  }
  return lines
}

function describeItem(item: FeedItem): string {
  const seconds = item.tsRecvUs / 1e6
  if (item.type === 'time') return `time ${seconds}`
  const belongsTo = item.origin.snapshotSymbol ?? '-'
  if (item.type === 'connect') return `connect ${seconds} ${item.origin.source} ${item.origin.venue} ${belongsTo}`
  if (item.type === 'disconnect') return `disconnect ${seconds} ${item.reason}`
  return `${item.type} ${seconds} ${belongsTo} ${textOf(item)}`
}

async function codeOf(path: string, options?: CaptureOptions): Promise<string> {
  const error = await openCapture(path, options).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(CaptureError)
  expect((error as CaptureError).message).toContain(path)
  expect((error as CaptureError).message).toMatch(/Expected .*, was /)
  return (error as CaptureError).code
}

describe('openCapture', () => {
  it.each([
    { name: 'plain', pack: (text: string) => text },
    { name: 'gzip', pack: (text: string) => gzipSync(text) },
    {
      name: 'gzip of several members',
      pack: (text: string) => Buffer.concat([gzipSync(text.slice(0, 99)), gzipSync(text.slice(99))]),
    },
  ])('$name: a connect first, then a frame or a bad line for every line', async ({ pack }) => {
    const capture = await openCapture(fileOf(pack(`${usdm}\n\nno time\n\r\n${snapshot}\r\n1723161256000000000 é`)))
    expect(await play(capture)).toEqual([
      'connect 1723161255.030314 capture binance_usdm BTCUSDT',
      `frame 1723161255.030314 BTCUSDT ${depth('BTCUSDT', ',"pu":0')}`,
      'badLine 1723161255.030314 BTCUSDT no time',
      'frame 1723161255.319702 BTCUSDT {"lastUpdateId":2,"bids":[],"asks":[]}',
      'frame 1723161256 BTCUSDT é',
    ])
    expect(capture.bytesRead()).toBe(capture.bytesTotal)
  })

  it('gives bad lines before the first time that time, and never lets time fall', async () => {
    const capture = await openCapture(fileOf(`bad\n${spot}\n1723161254000000000 {"late":1}`), { source: 'recorder' })
    expect(await play(capture)).toEqual([
      'connect 1723161255.030314 recorder binance_spot BTCUSDT',
      'badLine 1723161255.030314 BTCUSDT bad',
      `frame 1723161255.030314 BTCUSDT ${depth('BTCUSDT')}`,
      'frame 1723161255.030314 BTCUSDT {"late":1}',
    ])
  })

  it('reads control lines: connects, nothing for sent messages, REST answers with the symbol of their URL', async () => {
    const stream = 'wss://stream.binance.com:9443/stream'
    const capture = await openCapture(
      fileOf(
        [
          `${stream} <-> 1633998511.5`,
          `${stream} <- 1633998511.6: {"op":"subscribe"}`,
          '1633998512.0633569: {"a":1}',
          'https://api.binance.com/api/v3/depth?symbol=NKNUSDT&limit=1000 -> 1633998513: {"lastUpdateId":1}',
          'https://api.binance.com/api/v3/exchangeInfo -> 1633998513: {}',
          `${stream} <-> 1633998514`,
        ].join('\n'),
      ),
    )
    expect(await play(capture)).toEqual([
      'connect 1633998511.5 capture binance_spot -',
      'frame 1633998512.063357 - {"a":1}',
      'frame 1633998513 NKNUSDT {"lastUpdateId":1}',
      'frame 1633998513 - {}',
      'disconnect 1633998514 reconnect',
      'connect 1633998514 capture binance_spot -',
    ])
  })

  it('reads disconnect lines, and later connects once', async () => {
    const stream = 'wss://stream.binance.com:9443/stream'
    const capture = await openCapture(
      fileOf(
        [
          `${stream} <-> 1633998511.5`,
          `${stream} <x> 1633998512.5: stalled`,
          `${stream} <x> 1633998513.5: error`,
          `${stream} <-> 1633998514.5`,
          '1633998515: {"a":1}',
        ].join('\n'),
      ),
    )
    expect(await play(capture)).toEqual([
      'connect 1633998511.5 capture binance_spot -',
      'disconnect 1633998512.5 stalled',
      'connect 1633998514.5 capture binance_spot -',
      'frame 1633998515 - {"a":1}',
    ])
  })

  it.each([
    { name: 'pu means USD-M', content: usdm, want: { venue: 'binance_usdm', snapshotSymbol: 'BTCUSDT' } },
    { name: 'no pu means spot', content: spot, want: { venue: 'binance_spot', snapshotSymbol: 'BTCUSDT' } },
    {
      name: 'with two depth streams a snapshot belongs to neither',
      content: `${spot}\n1723161255030314667 ${depth('ETHUSDT')}`,
      want: { venue: 'binance_spot' },
    },
    {
      name: 'the override wins',
      content: usdm,
      venue: 'binance_spot',
      want: { venue: 'binance_spot', snapshotSymbol: 'BTCUSDT' },
    },
    { name: 'the override decides', content: '1723161255030314667 {"what":1}', venue: 'sim', want: { venue: 'sim' } },
    {
      name: 'the override settles a conflict',
      content: `${usdm}\n${spot}`,
      venue: 'binance_spot',
      want: { venue: 'binance_spot', snapshotSymbol: 'BTCUSDT' },
    },
  ])('$name', async ({ content, venue, want }) => {
    const { origin } = await openCapture(fileOf(content), venue === undefined ? {} : { venue })
    expect(origin).toEqual({ source: 'capture', ...want })
  })

  it.each([
    { name: 'a missing file', path: () => join(folder, 'missing'), code: 'not_found' },
    { name: 'a folder', path: () => folder, code: 'not_a_file' },
    { name: 'a device', path: () => '/dev/null', code: 'not_a_file' },
    { name: 'an empty file', path: () => fileOf(''), code: 'empty' },
    { name: 'an empty gzip file', path: () => fileOf(gzipSync('')), code: 'empty' },
    { name: 'blank lines', path: () => fileOf('\n\n\n'), code: 'empty' },
    { name: 'no line with a time', path: () => fileOf('hello\nworld\n'), code: 'not_a_capture' },
    { name: 'binary', path: () => fileOf(Buffer.from([0, 1, 2, 0xff, 0xfe, 10, 0])), code: 'not_a_capture' },
    {
      name: 'gzip in name and first bytes only',
      path: () => fileOf(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6])),
      code: 'corrupt_gzip',
    },
    {
      name: 'an unknown venue',
      path: () => fileOf('1723161255030314667 {"what":1}'),
      code: 'unknown_venue',
    },
    { name: 'two venues', path: () => fileOf(`${usdm}\n${spot}`), code: 'mixed_venues' },
  ])('refuses $name', async ({ path, code }) => {
    expect(await codeOf(path())).toBe(code)
  })

  it('delivers everything before the end of a truncated gzip file, then throws', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `17231612550${String(i).padStart(8, '0')} {"u":${i * 7919},"x":${(i * i) % 9973}}`,
    )
    const whole = gzipSync([usdm, ...lines].join('\n'))
    const items = await play(await openCapture(fileOf(whole.subarray(0, whole.length - 3))))
    expect(items.at(-1)).toBe('corrupt_gzip')
    expect(items.length).toBe(20_000 + 3)
    const half = await play(await openCapture(fileOf(whole.subarray(0, whole.length / 2))))
    expect(half.at(-1)).toBe('corrupt_gzip')
    expect(half.length).toBeGreaterThan(5_000)
    expect(half.slice(0, -2)).toEqual(items.slice(0, half.length - 2))
  })

  it('ends when it is closed', async () => {
    const capture = await openCapture(fileOf(Array.from({ length: 100_000 }, () => usdm).join('\n')))
    let batches = 0
    for await (const batch of capture.batches()) {
      expect(batch.length).toBeGreaterThan(0)
      batches++
      await capture.close()
    }
    expect(batches).toBe(1)
    expect(capture.bytesRead()).toBeLessThan(capture.bytesTotal)
  })

  it('reads a file far larger than its memory use', async () => {
    const block = gzipSync(Buffer.alloc(16 * 1024 * 1024, `${usdm}\n`))
    const capture = await openCapture(fileOf(Buffer.concat(Array.from({ length: 12 }, () => block))))
    let bytes = 0
    let peakBytes = 0
    for await (const batch of capture.batches()) {
      for (const item of batch) if (item.type === 'frame' || item.type === 'badLine') bytes += item.end - item.start
      peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers)
    }
    expect(bytes).toBeGreaterThan(150 * 1024 * 1024)
    expect(peakBytes).toBeLessThan(120 * 1024 * 1024)
  })
})

describe('time in a capture', () => {
  /** A capture with a line at each second after the start; its items, in seconds after the start. */
  async function storyOf(seconds: readonly number[], options: CaptureOptions = {}): Promise<string[]> {
    const lines = seconds.map((second) => `${1_723_161_600 + second}000000000 ${depth('BTCUSDT')}\n`)
    const items: FeedItem[] = []
    for await (const batch of (await openCapture(fileOf(lines.join('')), options)).batches()) items.push(...batch)
    return items.map((item) => {
      const second = item.tsRecvUs / 1e6 - 1_723_161_600
      if (item.type === 'disconnect') return `${item.reason} ${second}`
      return item.type === 'frame' ? `${second}` : `${item.type} ${second}`
    })
  }
  const day = 86_400

  it.each([
    { name: 'a silence of a minute is not a hole', seconds: [0, 60, 61], want: ['connect 0', '0', '60', '61'] },
    {
      name: 'a longer one is a hole, from the last line before to the first behind',
      seconds: [0, 1, 62, 63],
      want: ['connect 0', '0', '1', 'hole 1', 'connect 62', '62', '63'],
    },
    {
      name: 'a hole of days and another one',
      seconds: [0, day, 9 * day, 9 * day + 1],
      want: [
        'connect 0',
        '0',
        'hole 0',
        `connect ${day}`,
        `${day}`,
        `hole ${day}`,
        `connect ${9 * day}`,
        `${9 * day}`,
        `${9 * day + 1}`,
      ],
    },
    {
      name: 'one time a day ahead is refused',
      seconds: [0, day, 1, 2],
      want: ['connect 0', '0', 'badLine 0', '1', '2'],
    },
    {
      name: 'one time a day before is refused',
      seconds: [day, day + 1, 0, day + 2],
      want: [`connect ${day}`, `${day}`, `${day + 1}`, `badLine ${day + 1}`, `${day + 2}`],
    },
    { name: 'a first time a day ahead is refused', seconds: [day, 0, 1], want: ['connect 0', 'badLine 0', '0', '1'] },
    {
      name: 'a last time a day ahead has no confirmation',
      seconds: [0, 1, day],
      want: ['connect 0', '0', '1', 'badLine 1'],
    },
    {
      name: 'a clock that was set back is a new beginning, and time stands',
      seconds: [day, day + 1, 0, 1],
      want: [
        `connect ${day}`,
        `${day}`,
        `${day + 1}`,
        `clock_set_back ${day + 1}`,
        `connect ${day + 1}`,
        `${day + 1}`,
        `${day + 1}`,
      ],
    },
  ])('$name', async ({ seconds, want }) => {
    expect(await storyOf(seconds)).toEqual(want)
  })

  it('has holes of the given length', async () => {
    const story = ['connect 0', '0', 'hole 0', 'connect 10', '10', '11']
    expect(await storyOf([0, 10, 11], { holeUs: 9_000_000 })).toEqual(story)
    expect(await storyOf([0, 10, 11], { holeUs: 10_000_000 })).toEqual(['connect 0', '0', '10', '11'])
  })

  it('does not treat a night without an open session as a hole', async () => {
    // The file begins on Friday, 2024-08-09, 00:00 UTC: 20:00 in New York.
    const opens = 13.5 * 3600
    const options: CaptureOptions = { sessions: () => ['us_equity'] }
    expect(await storyOf([0, opens + 60, opens + 61], options)).toEqual([
      'connect 0',
      '0',
      `${opens + 60}`,
      `${opens + 61}`,
    ])
    expect(await storyOf([0, opens + 61, opens + 62], options)).toContain('hole 0')
  })

  it.each([
    { name: 'plain', pack: (text: Buffer) => text },
    { name: 'gzip', pack: (text: Buffer) => gzipSync(text) },
  ])('loses no line to a byte order mark: $name', async ({ pack }) => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(`${usdm}\n${snapshot}\n`)])
    const items = await play(await openCapture(fileOf(pack(marked))))
    expect(items.map((item) => item.split(' ')[0])).toEqual(['connect', 'frame', 'frame'])
  })
})
