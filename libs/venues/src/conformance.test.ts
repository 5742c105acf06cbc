import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instrument } from '@triplane/contracts'
import {
  createBookKeeper,
  frameRefusalsOf,
  type BookKeeper,
  type Frame,
  type NormalizedEvent,
} from '@triplane/market-data'
import fc from 'fast-check'
import type { LiveProtocol } from './live-protocol.ts'
import { createNormalizer, type Normalizer } from './normalizer.ts'
import { venues } from './registry.ts'

/** A raw message, and its expected result. */
interface Fixture {
  readonly name: string
  readonly text: string
  /** Venue symbol of a REST answer; absent for a message of a stream. */
  readonly restOf?: string
  readonly events: Record<string, unknown>[]
  readonly refusals: string[]
  /** Stream whose subscription is refused. */
  refusedStream?: string
}

type Delta = Extract<NormalizedEvent, { type: 'bookDelta' }>

const NOW_US = 1_800_000_000_000_000
const knownCodes: ReadonlySet<string> = new Set(Object.values(frameRefusalsOf).flat())

/** Reads `src/<folder>/fixtures/<venue>.txt`; its head documents the format. */
function readFixtures(venue: string): { instruments: Instrument[]; fixtures: Fixture[] } {
  const paths = readdirSync(__dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(__dirname, name, 'fixtures', `${venue}.txt`))
  const path = paths.find((one) => existsSync(one))
  if (path === undefined) throw new Error(`Expected fixtures of ${venue} in its folder, was none`)
  const instruments: Instrument[] = []
  const fixtures: Fixture[] = []
  let name = ''
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, sign = '', rest = ''] = /^(@|#|<rest|<|>|!|x) (.*)$/.exec(line) ?? []
    const last = fixtures.at(-1)
    if (sign === '@') instruments.push(JSON.parse(rest) as Instrument)
    else if (sign === '#') name = rest
    else if (sign === '<') fixtures.push({ name, text: rest, events: [], refusals: [] })
    else if (sign === '<rest') {
      const [restOf = '', ...text] = rest.split(' ')
      fixtures.push({ name, text: text.join(' '), restOf, events: [], refusals: [] })
    } else if (sign === '>') last?.events.push(JSON.parse(rest) as Record<string, unknown>)
    else if (sign === '!') last?.refusals.push(rest)
    else if (sign === 'x' && last) last.refusedStream = rest
  }
  return { instruments, fixtures }
}

describe.each(venues)('the fixtures of $id', ({ id, bookRule, live }) => {
  const { instruments, fixtures } = readFixtures(id)
  const ids = new Set(instruments.map(({ symbol }) => `${symbol}@${id}`))
  const frameOf = ({ restOf }: Fixture, bytes: Uint8Array): Frame => ({
    type: 'frame',
    origin: { source: 'capture', venue: id, ...(restOf !== undefined && { snapshotSymbol: restOf }) },
    ...{ bytes, start: 0, end: bytes.length, tsRecvUs: NOW_US },
  })
  /** As the data plane reads it: with the fast reader if possible. */
  function read(normalizer: Normalizer, frame: Frame) {
    const scanned = normalizer.scan(frame, NOW_US)
    return scanned === undefined ? normalizer.read(frame, NOW_US) : [{ ok: true, value: scanned } as const]
  }
  const readText = (fixture: Fixture, normalizer = createNormalizer(instruments)) =>
    read(normalizer, frameOf(fixture, Buffer.from(fixture.text)))

  it.each(fixtures)('$name', (fixture) => {
    const normalizer = createNormalizer(instruments)
    // Once with the mapper, then with what the fast reader learned from it.
    for (let i = 0; i < 2; i++) {
      const understood = readText(fixture, normalizer)
      expect(understood.flatMap((one) => (one.ok ? one.value : []))).toMatchObject(fixture.events)
      expect(understood.flatMap((one) => (one.ok ? [] : one.error.code))).toEqual(fixture.refusals)
    }
  })

  it('cover everything a venue sends: instruments, trades, quotes, a book, and refusals', () => {
    expect(new Set(instruments.map(({ venue }) => venue))).toEqual(new Set([id]))
    const types = new Set(fixtures.flatMap(({ events }) => events.map(({ type }) => type)))
    expect([...types].sort()).toEqual(['bookDelta', 'bookSnapshot', 'quote', 'trade'])
    const refusals = new Set(fixtures.flatMap((fixture) => fixture.refusals))
    expect([...refusals].filter((code) => !knownCodes.has(code))).toEqual([])
    expect(refusals.size).toBeGreaterThanOrEqual(3)
  })

  it('never make a reader throw, however their bytes are changed', () => {
    const change = fc.record({ at: fc.nat(), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 8 }) })
    const normalizer = createNormalizer(instruments)
    for (const fixture of fixtures) readText(fixture, normalizer)
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (fixture, changes) => {
          let bytes = Buffer.from(fixture.text)
          for (const { at, cut, put } of changes) {
            const from = at % (bytes.length + 1)
            bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)])
          }
          for (const one of read(normalizer, frameOf(fixture, bytes))) {
            if (one.ok) expect(ids).toContain(one.value.instrument)
            else expect(knownCodes).toContain(one.error.code)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  /** The book of the fixtures: its snapshot and the deltas behind it. */
  function bookOf() {
    const events: NormalizedEvent[] = fixtures.flatMap((fixture) =>
      readText(fixture).flatMap((one) => (one.ok ? one.value : [])),
    )
    const snapshot = events.find((event) => event.type === 'bookSnapshot')
    const deltas = events.filter((event) => event.type === 'bookDelta')
    if (snapshot === undefined || deltas.length < 3) throw new Error('Expected a snapshot and three deltas')
    return { snapshot, deltas }
  }

  function keep(deltas: readonly Delta[]): { keeper: BookKeeper; said: string[] } {
    const { snapshot } = bookOf()
    const keeper = createBookKeeper({
      rule: bookRule,
      tickSize: '0.01',
      source: 'capture',
      instrument: snapshot.instrument,
    })
    const said: string[] = []
    const emit: Parameters<BookKeeper['onDelta']>[1] = (event) =>
      void (event.type === 'marketStatus' && said.push(event.status))
    keeper.onSnapshot(snapshot, emit)
    for (const delta of deltas) keeper.onDelta(delta, emit)
    return { keeper, said }
  }

  it('make a valid book, which a lost delta invalidates', () => {
    const { deltas, snapshot } = bookOf()
    const whole = keep(deltas)
    expect([whole.keeper.isValid, whole.said]).toEqual([true, ['book_valid']])
    expect(whole.keeper.book.bidCount + whole.keeper.book.askCount).toBeGreaterThan(1)
    const lost = keep(deltas.toSpliced(1, 1))
    const isNoticed = bookRule.kind !== 'none'
    expect([lost.keeper.isValid, lost.said.includes('book_invalid')]).toEqual([!isNoticed, isNoticed])
    lost.keeper.onSnapshot(
      { ...snapshot, ...(snapshot.lastUpdateId !== undefined && { lastUpdateId: deltas.at(-1)?.lastUpdateId ?? 0 }) },
      () => undefined,
    )
    expect(lost.keeper.isValid).toBe(true)
  })

  it('make a book that a wrong checksum invalidates, if the venue has checksums', () => {
    const { deltas } = bookOf()
    const isProved = bookRule.kind === 'checksum'
    expect(deltas.map(({ proof }) => proof?.checksum !== undefined)).toEqual(deltas.map(() => isProved))
    const spoilt = deltas.map((delta, i) => {
      const { proof } = delta
      return i === 1 && proof?.checksum !== undefined
        ? { ...delta, proof: { ...proof, checksum: proof.checksum ^ 1 } }
        : delta
    })
    expect(keep(spoilt).keeper.isValid).toBe(!isProved)
  })

  if (live === undefined) return
  const protocol: LiveProtocol = live

  it('match a live protocol that subscribes to every instrument, and recognises refusals', () => {
    const names = ['AAA', 'BBB', 'CCC'].flatMap((base) => instruments.map(({ venueSymbol }) => base + venueSymbol))
    const asked = [protocol.streamsUrl(protocol.wsUrl, names), ...(protocol.subscribe?.(names) ?? [])].join(' ')
    for (const name of names) expect(asked).toContain(protocol.streamName(name))
    const begun = fixtures.flatMap(({ text }) => protocol.bookStreamOf(Buffer.from(text)) ?? [])
    expect(begun).toContain(protocol.streamName(instruments[0]?.venueSymbol ?? ''))
    for (const fixture of fixtures) {
      const bytes = Buffer.from(fixture.text)
      expect(protocol.refusalOf?.(bytes)?.stream).toBe(fixture.refusedStream)
      expect(protocol.isGoodbye(bytes)).toBe(false)
    }
    // Subscriptions by message are answered by message.
    const isAnswered = fixtures.some(({ refusedStream }) => refusedStream !== undefined)
    expect([isAnswered, protocol.refusalOf !== undefined]).toEqual([
      protocol.subscribe !== undefined,
      protocol.subscribe !== undefined,
    ])
    const snapshot = protocol.snapshot(protocol.restUrl, names[0] ?? '')
    if ('messages' in snapshot) expect(snapshot.messages.join(' ')).toContain(protocol.streamName(names[0] ?? ''))
    else expect(fixtures.some(({ restOf, events }) => restOf !== undefined && events.length > 0)).toBe(true)
  })
})
