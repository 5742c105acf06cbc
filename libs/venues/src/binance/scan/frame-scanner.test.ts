import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { Random } from '@triplane/kernel'
import { dataFolder } from '@triplane/testing'
import type { Frame, FrameOrigin } from '@triplane/market-data'
import { aFrame, messages, spot, streamed, usdm } from '../../../test/binance-frames.ts'
import { readers, waysOf } from '../../../test/binance-readers.ts'

const fixtures = Object.entries(messages).flatMap(([kind, text]) => {
  const origin = kind.startsWith('spot') ? spot : usdm
  return [
    { text: text, origin },
    { text: streamed(text, `btcusdt@${kind}`), origin },
  ]
})

describe.each(readers)('the scanner on the $name reader', ({ name, reader }) => {
  const aPair = (origin: FrameOrigin) => waysOf(origin, [reader])

  it('knows a layout once it was parsed, whatever the numbers', () => {
    const { agreesOn } = aPair(usdm)
    const text = streamed(messages.usdmQuote)
    expect(agreesOn(aFrame(text))).toBe(false)
    expect(agreesOn(aFrame(text.replace('37010.20', '0.00000638').replace('"2.507"', '"1000000"')))).toBe(true)
    expect(agreesOn(aFrame(text.replace('5123107839020', '0').replace('BTC', 'ETH')))).toBe(true)
  })

  it.each([
    { name: 'a number before a longer one behind the end', cut: 4 },
    { name: 'the last brace', cut: 1 },
  ])('does not read past the end: $name', ({ cut }) => {
    const { agreesOn } = aPair(usdm)
    const frame = aFrame(messages.usdmQuote)
    agreesOn(frame)
    expect(agreesOn({ ...frame, end: frame.end - cut })).toBe(false)
    expect(agreesOn(frame)).toBe(true)
  })

  it('reads a frame that ends where its chunk ends', () => {
    const { agreesOn } = aPair(usdm)
    const bytes = new TextEncoder().encode(messages.usdmTrade)
    const frame: Frame = { type: 'frame', origin: usdm, bytes, start: 0, end: bytes.length, tsRecvUs: 1 }
    agreesOn(frame)
    expect(agreesOn({ ...frame })).toBe(true)
  })

  it.each([
    ['a key twice', messages.usdmTrade.replace('"p":"37010.30"', '"p":"1.5","p":"37010.30"')],
    ['a key twice, once escaped', messages.usdmTrade.replace('"p":"37010.30"', '"p":"1.5","\\u0070":"37010.30"')],
    ['a key that is also outside', `{"stream":"btcusdt@trade","p":"1.5","data":${messages.usdmTrade}}`],
    ['two messages', `{"stream":"x","data":${messages.usdmTrade},"data":${messages.usdmTrade}}`],
    ['a negative price', messages.usdmTrade.replace('37010.30', '-37010.30')],
    ['an id with a fraction of zero', messages.usdmTrade.replace('5266583935', '5266583935.0')],
    [
      'white space that hides the name',
      messages.usdmAggTrade.replace('"e":"aggTrade"', '"e": "aggTrade"').replace('"f":100', '"t":100'),
    ],
    ['white space', messages.usdmTrade.replaceAll(':', ': ')],
  ])('learns no layout from %s', (_, text) => {
    const { agreesOn } = aPair(usdm)
    agreesOn(aFrame(text))
    expect(agreesOn(aFrame(text))).toBe(false)
  })

  it('agrees about the trades in an aggregate', () => {
    const { agreesOn } = aPair(usdm)
    expect(agreesOn(aFrame(messages.usdmAggTrade))).toBe(false)
    expect(agreesOn(aFrame(messages.usdmAggTrade.replace('"f":100,"l":105', '"f":106,"l":106')))).toBe(true)
    expect(agreesOn(aFrame(messages.usdmAggTrade.replace('"f":100,"l":105', '"f":106,"l":105')))).toBe(false)
    expect(agreesOn(aFrame(messages.usdmAggTrade.replace('"f":100,', '')))).toBe(false)
  })

  it('reads any decimal like Number', () => {
    const { agreesOn } = aPair(usdm)
    agreesOn(aFrame(messages.usdmTrade))
    const digits = fc.stringMatching(/^\d{1,20}$/)
    fc.assert(
      fc.property(digits, fc.option(digits), digits, (whole, fraction, id) => {
        const price = fraction === null ? whole : `${whole}.${fraction}`
        agreesOn(aFrame(messages.usdmTrade.replace('37010.30', price).replace('5266583935', id)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('agrees with the parser on frames with any text inserted', () => {
    const pairs = { [spot.venue]: aPair(spot), [usdm.venue]: aPair(usdm) }
    const piece = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string(),
      fc.constantFrom('NaN', '1e999', '"p":"1"', '{}', '\\u0070'),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.nat(),
        fc.nat(20),
        piece,
        ({ text, origin }, at, removed, inserted) => {
          const place = at % text.length
          pairs[origin.venue]?.agreesOn(aFrame(text.slice(0, place) + inserted + text.slice(place + removed), origin))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('knows a layout for every stream and instrument', () => {
    const { agreesOn } = aPair(usdm)
    expect(agreesOn(aFrame(streamed(messages.usdmTrade, 'btcusdt@trade')))).toBe(false)
    expect(agreesOn(aFrame(streamed(messages.usdmTrade.replace('BTC', 'ETH'), 'ethusdt@trade')))).toBe(true)
    expect(agreesOn(aFrame(streamed(messages.usdmTrade, 'a-name-that-is-longer-than-sixteen-bytes@trade')))).toBe(true)
    expect(agreesOn(aFrame(streamed(messages.usdmTrade, '')))).toBe(true)
    for (const odd of ['\\u0041', '\\"', '\t', '\u00e9', 'seventeen bytes  \\n']) {
      expect(agreesOn(aFrame(streamed(messages.usdmTrade, odd)))).toBe(false)
    }
  })

  it.each([
    { kind: 'spotSnapshot', origin: spot },
    { kind: 'usdmSnapshot', origin: usdm },
  ] as const)('reads $kind for the depth stream of its origin only', ({ kind, origin }) => {
    const { agreesOn } = aPair(origin)
    const text = messages[kind]
    const { source, venue } = origin
    expect(agreesOn(aFrame(text, origin))).toBe(false)
    expect(agreesOn(aFrame(text.replace('2.909', '0'), origin))).toBe(true)
    expect(agreesOn(aFrame(text, { ...origin, snapshotSymbol: 'ETHUSDT' }))).toBe(true)
    expect(agreesOn(aFrame(text, { ...origin, snapshotSymbol: 'OTHER' }))).toBe(false)
    expect(agreesOn(aFrame(text, { source, venue }))).toBe(false)
    expect(agreesOn(aFrame(streamed(text), origin))).toBe(false)
  })

  it('reads bars of each length, of any instrument', () => {
    const { agreesOn } = aPair(spot)
    const minute = streamed(messages.spotKline)
    expect(agreesOn(aFrame(minute, spot))).toBe(false)
    expect(agreesOn(aFrame(minute.replaceAll('BTC', 'ETH').replace('"x":false', '"x":true'), spot))).toBe(true)
    expect(agreesOn(aFrame(minute.replace('"1m"', '"1h"'), spot))).toBe(false)
    expect(agreesOn(aFrame(minute.replace('"1m"', '"1h"'), spot))).toBe(true)
    expect(agreesOn(aFrame(minute, spot))).toBe(true)
    expect(agreesOn(aFrame(minute.replace('"1m"', '"3m"'), spot))).toBe(false)
  })

  it.each([
    { decimal: '0' },
    { decimal: '00.5' },
    { decimal: '100' },
    { decimal: '0.1' },
    { decimal: '0.00000001' },
    { decimal: '1234567.12345678' },
    { decimal: '99999999999999', needs: 'compiled' },
    { decimal: '12345678901.00000000', needs: 'compiled' },
    { decimal: '9007199254740991', needs: 'compiled' },
    { decimal: '0.0000000000000000000001', needs: 'compiled' },
    { decimal: '9007199254740992', needs: 'parser' },
    { decimal: '0.12345678901234567', needs: 'parser' },
    { decimal: '0.00000000000000000000001', needs: 'parser' },
  ])('reads the decimal $decimal as the parser does, alone and in levels', ({ decimal, needs = name }) => {
    const { agreesOn } = aPair(usdm)
    agreesOn(aFrame(messages.usdmTrade))
    agreesOn(aFrame(messages.usdmDelta))
    const alone = agreesOn(aFrame(messages.usdmTrade.replace('37010.30', decimal)))
    const inLevels = agreesOn(aFrame(messages.usdmDelta.replace('0.000', decimal).replace('36000.20', decimal)))
    expect([alone, inLevels]).toEqual([needs === name, needs === name])
  })

  it.each(['', '.', '5.', '.5', '-1', '1.2.3', '1e5', ' 1', '1\u0000', '0x10', '٣', '1,000', '1'.repeat(400)])(
    'leaves the text %j where a decimal should be',
    (text) => {
      const { agreesOn } = aPair(usdm)
      agreesOn(aFrame(messages.usdmTrade))
      agreesOn(aFrame(messages.usdmDelta))
      expect(agreesOn(aFrame(messages.usdmTrade.replace('37010.30', text)))).toBe(false)
      expect(agreesOn(aFrame(messages.usdmDelta.replace('36000.20', text)))).toBe(false)
      expect(agreesOn(aFrame(messages.usdmDelta.replace('0.000', text)))).toBe(false)
    },
  )

  it('reads any levels as the parser does', () => {
    const { agreesOn } = aPair(usdm)
    agreesOn(aFrame(messages.usdmDelta))
    const decimal = fc.stringMatching(/^\d{1,12}(\.\d{1,12})?$/)
    const side = fc.array(fc.tuple(decimal, decimal), { maxLength: 40 })
    fc.assert(
      fc.property(side, side, (bids, asks) => {
        const text = messages.usdmDelta
          .replace('[["36000.20","0.014"],["37000","0.000"]]', JSON.stringify(bids))
          .replace('"a":[]', `"a":${JSON.stringify(asks)}`)
        agreesOn(aFrame(text))
      }),
    )
  })
})

describe('the scanners', () => {
  const MUTANTS = 1_000_000
  it(`agree with the parser on ${MUTANTS} mutated frames`, () => {
    const random = new Random(20_240_808)
    const both = readers.map(({ reader }) => reader)
    const pairs = new Map([spot, usdm].map((origin) => [origin.venue, waysOf(origin, both)]))
    const seeds = [...fixtures.map(({ text, origin }) => aFrame(text, origin)), ...recordedFrames()]
    const scratch = Buffer.alloc(1_000)
    let read = 0
    for (let i = 0; i < MUTANTS; i++) {
      const frame = seeds[random.below(seeds.length)] as Frame
      const other = seeds[random.below(seeds.length)] as Frame
      if (pairs.get(frame.origin.venue)?.agreesOn(mutate(frame, other, random, scratch))) read++
    }
    // Some but not all: mutants that only change values are read, the others are left to the parser.
    expect(read).toBeGreaterThan(0.2 * MUTANTS)
    expect(read).toBeLessThan(0.8 * MUTANTS)
  }, 240_000)
})

/** A few hundred frames of each capture, when there is recorded data. */
function recordedFrames(): Frame[] {
  const folder = dataFolder()
  if (folder === undefined) return []
  return [
    { file: 'usdm_btcusdt_20240808.gz', origin: usdm },
    { file: 'spot_ethusdt_20240808.gz', origin: spot },
  ].flatMap(({ file, origin }) => {
    const head = gunzipSync(readFileSync(join(folder, 'binance_ws_20240808', file)))
      .subarray(0, 400_000)
      .toString('latin1')
    const payloads = head
      .split('\n')
      .slice(0, -1)
      .map((line) => line.slice(line.indexOf(' ') + 1))
    return payloads.filter((payload) => payload.length < 400).map((payload) => aFrame(payload, origin))
  })
}

const ALPHABET = Buffer.from('0123456789.-eE"{}[],: \\\0\x7f\xffabpqstuABTUXmMnull')

/**
 * The frame with one to three changes, written into `into`: bytes changed, removed, inserted, repeated, cut off, or taken from
 * another frame; most often other digits.
 */
function mutate(frame: Frame, other: Frame, random: Random, into: Buffer): Frame {
  into.set(frame.bytes.subarray(frame.start, frame.end))
  let end = frame.end - frame.start
  for (let changes = 1 + random.below(3); changes > 0 && end > 0; changes--) {
    const at = random.below(end)
    const length = 1 + random.below(12)
    const byte = ALPHABET[random.below(ALPHABET.length)] as number
    switch (random.below(12)) {
      case 0:
        into[at] = byte
        break
      case 1:
        into.copyWithin(at, at + length, end)
        end -= Math.min(length, end - at)
        break
      case 2:
        into.copyWithin(at + 1, at, end++)
        into[at] = byte
        break
      case 3:
        into.copyWithin(at + length, at, end)
        end += length
        break
      case 4:
        if (random.below(4) === 0) end = at
        break
      case 5: {
        const from = other.start + random.below(other.end - other.start)
        into.copyWithin(at + length, at, end)
        into.set(other.bytes.subarray(from, Math.min(from + length, other.end)), at)
        end += length
        break
      }
      default:
        changeDigits(into, at, Math.min(end, at + 20), length)
    }
  }
  return { ...frame, bytes: into, start: 0, end }
}

/** Replaces digits by other digits: the frame keeps its layout. */
function changeDigits(bytes: Buffer, start: number, end: number, shift: number): void {
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - 0x30
    if (digit >= 0 && digit <= 9) bytes[i] = 0x30 + ((digit + shift + i) % 10)
  }
}
