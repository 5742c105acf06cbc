import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler'
import { instrumentsFileSchema, isTraded, type Instrument } from '@triplane/contracts'
// eslint-disable-next-line @nx/enforce-module-boundaries -- data, not code; at the top of the repository, where users look for it
import builtIn from '../../../config/instruments.json' with { type: 'json' }
import { ConfigError, type Violation } from './config-error.ts'
import { showFound, showPath } from './found.ts'
import { readJsonFile } from './json-file.ts'

const BUILT_IN = 'config/instruments.json'

const fileCheck = TypeCompiler.Compile(instrumentsFileSchema)

/**
 * The built-in instruments and those of the user's files. A file's instrument replaces an earlier one of the same venue
 * and symbol. Throws a `ConfigError` that names file and path of every violation: what does not fit the schema, a tick, lot
 * or contract size that is not above 0, an inverse or dated contract, an index that is traded or what is traded without a book, two instruments of one symbol in a file, two of one venue symbol in all.
 */
export function loadInstruments(files: readonly string[] = []): readonly Instrument[] {
  const byKey = new Map<string, Instrument>()
  const contents = files.map((file) => [file, readJsonFile(file)] as const)
  for (const [file, content] of [[BUILT_IN, builtIn] as const, ...contents]) {
    const instruments = parseInstruments(file, content)
    for (const instrument of instruments) byKey.set(keyOf(instrument), instrument)
    const all = [...byKey.values()]
    const twice = instruments.flatMap((instrument, i) => [
      ...venueSymbolTwice(all, instrument, i),
      ...labelsTwice(all, instrument, i),
    ])
    if (twice.length > 0) throw new ConfigError(file, twice)
  }
  return [...byKey.values()]
}

function parseInstruments(file: string, content: unknown): readonly Instrument[] {
  if (!fileCheck.Check(content)) throw new ConfigError(file, schemaViolations(content))
  const { instruments } = content
  const violations = instruments.flatMap((instrument, i) => [
    ...notAbove0(instrument, i),
    ...notSplit(instrument, i),
    ...notSupported(instrument, i),
    ...notCounted(instrument, i),
    ...notTraded(instrument, i),
    ...(instruments.findIndex((one) => keyOf(one) === keyOf(instrument)) < i
      ? [
          {
            path: `instruments[${i}].symbol`,
            expected: `each symbol of ${instrument.venue} once`,
            found: `${instrument.symbol} again`,
          },
        ]
      : []),
  ])
  if (violations.length > 0) throw new ConfigError(file, violations)
  return instruments
}

/** Contracts that are counted otherwise than a linear perpetual, whatever kind they are given: a wrong kind is wrong money. */
function notSupported({ symbol, venueSymbol, kind, base }: Instrument, i: number): Violation[] {
  if (kind !== 'linear_perpetual') return []
  const isInverse = symbol.endsWith(`:${base}`) || /USD_(PERP|\d{6})$/.test(venueSymbol)
  const isDated = /-\d{6}$/.test(symbol) || /_\d{6}$/.test(venueSymbol)
  if (!isInverse && !isDated) return []
  const contract = isInverse ? 'an inverse (COIN-M) contract' : 'a dated future'
  return [
    {
      path: `instruments[${i}].kind`,
      expected: 'an instrument of a kind that is supported: spot, linear_perpetual, equity, index',
      found: `${contract}, ${showFound(symbol)}: not supported yet`,
    },
  ]
}

/** Only contracts are counted in pieces: a quantity of what is held itself is of its base. */
function notCounted({ contractSize, kind }: Instrument, i: number): Violation[] {
  if (contractSize === undefined || kind === 'linear_perpetual' || Number(contractSize) === 1) return []
  return [
    {
      path: `instruments[${i}].contractSize`,
      expected: `none, or 1, of a ${kind}: only a contract has another size`,
      found: showFound(contractSize),
    },
  ]
}

/** An index is a number that nobody sells; and what is traded is traded by its book. */
function notTraded(instrument: Instrument, i: number): Violation[] {
  if (!isTraded(instrument)) return []
  const path = `instruments[${i}]`
  if (instrument.kind === 'index')
    return [{ path: `${path}.isTraded`, expected: 'false, or none, of an index', found: showFound(true) }]
  if (instrument.hasBook === false)
    return [{ path: `${path}.hasBook`, expected: 'true, or none, of what is traded', found: showFound(false) }]
  return []
}

/** The id of an instrument, symbol@venue, is split at its last @. */
function notSplit({ venue }: Instrument, i: number): Violation[] {
  return venue.includes('@')
    ? [{ path: `instruments[${i}].venue`, expected: 'a venue without an @', found: showFound(venue) }]
    : []
}

function notAbove0(instrument: Instrument, i: number): Violation[] {
  const sizes = ['tickSize', 'lotSize', 'contractSize'] as const
  const steps = sizes.filter((field) => Number(instrument[field] ?? 1) <= 0)
  const violations = steps.map((field) => ({
    path: `instruments[${i}].${field}`,
    expected: 'more than 0',
    found: showFound(instrument[field]),
  }))
  if (Number(instrument.minNotional) >= 0) return violations
  return [
    ...violations,
    { path: `instruments[${i}].minNotional`, expected: '0 or more', found: showFound(instrument.minNotional) },
  ]
}

/** One violation for each path: the first, which is the plainest. */
function schemaViolations(content: unknown): Violation[] {
  const first = new Map<string, Violation>()
  for (const error of fileCheck.Errors(content)) {
    const path = error.path
      .split('/')
      .slice(1)
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    const violation = { path: showPath(path) || '(file)', expected: expectedBy(error), found: showFound(error.value) }
    if (!first.has(error.path)) first.set(error.path, violation)
  }
  return [...first.values()]
}

/** "Expected string" as "string"; for a closed list its values, for a decimal an example. */
function expectedBy({ schema, message }: ValueError): string {
  const choices = schema['anyOf'] as readonly { readonly const: string }[] | undefined
  if (choices) return `one of ${choices.map((choice) => choice.const).join(', ')}`
  if (schema['pattern'] !== undefined) return 'a decimal string such as "0.01"'
  return message.replace(/^Expected /, '').replace(/^Unexpected property$/, 'no such field')
}

function keyOf({ venue, symbol }: Instrument): string {
  return `${venue} ${symbol}`
}

function venueSymbolTwice(
  all: readonly Instrument[],
  { venue, symbol, venueSymbol }: Instrument,
  i: number,
): Violation[] {
  const other = all.find((one) => one.venue === venue && one.venueSymbol === venueSymbol && one.symbol !== symbol)
  if (other === undefined) return []
  const expected = `a venue symbol of its own in ${venue}`
  return [{ path: `instruments[${i}].venueSymbol`, expected, found: `that of ${other.symbol}` }]
}

/** Instruments of two venues that every series of metrics would take for one. */
function labelsTwice(all: readonly Instrument[], { venue, symbol, exchange }: Instrument, i: number): Violation[] {
  const other = all.find((one) => one.exchange === exchange && one.symbol === symbol && one.venue !== venue)
  if (other === undefined) return []
  const expected = `another exchange than that of ${symbol} in ${other.venue}: metrics tell them apart by exchange and symbol`
  return [{ path: `instruments[${i}].exchange`, expected, found: showFound(exchange) }]
}

/** The run's instruments: those of its venues. */
export function instrumentsOf(venues: readonly string[], all: readonly Instrument[]): readonly Instrument[] {
  return all.filter(({ venue }) => venues.includes(venue))
}
