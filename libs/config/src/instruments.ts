import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler'
import { contractFields, instrumentsFileSchema, isTraded, ruleOf, type Instrument } from '@triplane/contracts'
// eslint-disable-next-line @nx/enforce-module-boundaries -- data, not code; at the top of the repository, where users look for it
import builtIn from '../../../config/instruments.json' with { type: 'json' }
import { ConfigError, type Violation } from './config-error.ts'
import { showFound, showPath } from './found.ts'
import { readJsonFile } from './json-file.ts'

const BUILT_IN = 'config/instruments.json'

const fileCheck = TypeCompiler.Compile(instrumentsFileSchema)

/**
 * Loads the built-in instruments and those of the user's files. A file's instrument replaces an earlier one of the same venue
 * and symbol. Throws a `ConfigError` that names file and path of every violation: a value that does not fit the schema; a tick,
 * lot or contract size that is not above 0; a field that its kind needs and lacks, or has and must not have; a contract whose
 * name belongs to another kind; a traded instrument of a kind that is only quoted, or without a book; a symbol twice in a file;
 * a venue symbol twice in all.
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
    ...notOfKind(instrument, i),
    ...notPossible(instrument, i),
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

/** A contract whose name belongs to another kind than the given one: a wrong kind is booked as wrong money. */
function notSupported({ symbol, venueSymbol, kind, base }: Instrument, i: number): Violation[] {
  const { isDerivative, settlesIn, needs } = ruleOf(kind)
  if (!isDerivative) return []
  const settled = symbol.slice(symbol.lastIndexOf(':') + 1).split('-', 1)[0]
  const isInverse = (symbol.includes(':') && settled === base) || /USD_(PERP|\d{6})$/.test(venueSymbol)
  const isDated = /-\d{6}(-|$)/.test(symbol) || /_\d{6}$/.test(venueSymbol)
  if ((!isInverse || settlesIn !== 'quote') && (!isDated || needs.includes('expiry'))) return []
  const expected =
    isInverse && isDated
      ? 'a contract of which there is a kind: none is both inverse and dated'
      : isInverse
        ? 'inverse_perpetual: it is an inverse (COIN-M) contract'
        : 'linear_future or option: it is dated'
  return [{ path: `instruments[${i}].kind`, expected, found: `${kind}, of ${showFound(symbol)}` }]
}

/** The fields that its kind needs and it lacks, and those that it has and its kind does not allow. */
function notOfKind(instrument: Instrument, i: number): Violation[] {
  const { kind } = instrument
  const { needs, may } = ruleOf(kind)
  return contractFields.flatMap((field) => {
    const found = instrument[field]
    const path = `instruments[${i}].${field}`
    if (found === undefined)
      return needs.includes(field) ? [{ path, expected: `one, of kind ${kind}`, found: 'nothing' }] : []
    // A kind without contracts counts whole units, so a contract size of 1 is correct.
    const isWhole = field === 'contractSize' && Number(found) === 1
    if (needs.includes(field) || may.includes(field) || isWhole) return []
    return [{ path, expected: `none, of kind ${kind}`, found: showFound(found) }]
  })
}

/** Impossible values: an invalid date, an underlying that is no id, a settlement currency that its kind does not settle in. */
function notPossible(instrument: Instrument, i: number): Violation[] {
  const { kind, expiry, underlying, settlement } = instrument
  const settlesIn = ruleOf(kind).settlesIn
  const path = `instruments[${i}]`
  const violations: Violation[] = []
  if (expiry !== undefined && Number.isNaN(Date.parse(expiry)))
    violations.push({ path: `${path}.expiry`, expected: 'a date and time that there is', found: showFound(expiry) })
  if (underlying !== undefined && !/.@./.test(underlying))
    violations.push({ path: `${path}.underlying`, expected: 'the id of an instrument', found: showFound(underlying) })
  if (settlement !== undefined && settlesIn !== undefined && settlement !== instrument[settlesIn])
    violations.push({
      path: `${path}.settlement`,
      expected: `${instrument[settlesIn]}, its ${settlesIn} currency, of kind ${kind}`,
      found: showFound(settlement),
    })
  return violations
}

/** A kind that is only quoted must not be traded, and a traded instrument needs a book. */
function notTraded(instrument: Instrument, i: number): Violation[] {
  const { kind } = instrument
  const { quotedOnly } = ruleOf(kind)
  const path = `instruments[${i}]`
  if (quotedOnly !== undefined && instrument.isTraded === true)
    return [
      { path: `${path}.isTraded`, expected: `false, or none, of kind ${kind}: ${quotedOnly}`, found: showFound(true) },
    ]
  if (isTraded(instrument) && instrument.hasBook === false)
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
  const sizes = ['tickSize', 'lotSize', 'contractSize', 'strike'] as const
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

/** One violation per path: the first, which is the clearest. */
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

/** "Expected string" as "string"; the values of a closed list; an example of a decimal. */
function expectedBy({ schema, message }: ValueError): string {
  const choices = schema['anyOf'] as readonly { readonly const: string }[] | undefined
  if (choices) return `one of ${choices.map((choice) => choice.const).join(', ')}`
  const [example] = (schema['examples'] as readonly string[] | undefined) ?? []
  if (example !== undefined) return `text such as "${example}"`
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

/** Instruments of two venues that metrics could not tell apart. */
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
