import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { parseIsoTimeMs, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { DEFAULT_HOLE_US, scenarios, type ScenarioName } from '@triplane/feeds'
import { liveVenues, recordedVenues } from '@triplane/venues'

/** The command line's options. Times and durations are microseconds of market time. */
export interface Options {
  readonly captures: readonly string[]
  readonly venue: string | undefined
  /** Id of the venue to go live at. */
  readonly live: string | undefined
  /** Symbols to trade; by default all those of the run's venues. */
  readonly symbols: readonly string[] | undefined
  /** A new file for the recording of a live venue. */
  readonly recordFile: string | undefined
  readonly speed: number | 'max'
  readonly durationUs: number | undefined
  /** Silence in a capture that counts as a hole. */
  readonly holeUs: number
  readonly scenario: ScenarioName
  readonly seed: number
  readonly startTimeUs: number | undefined
  readonly sessions: 'always' | 'real'
  readonly resume: boolean
  /** Begin with a halt in force, until an operator resumes. */
  readonly halted: boolean
  readonly storage: boolean
  readonly hash: boolean
  readonly ofiIntervalUs: number
  readonly reportFile: string | undefined
  readonly instrumentFiles: readonly string[]
  /** The folder of the user's own strategies. */
  readonly strategyFolder: string | undefined
  readonly configFile: string | undefined
  readonly host: string
  readonly ports: readonly [data: number, order: number, strategy: number] | undefined
  readonly varFolder: string
}

/** The command line was wrong; the message names what was expected and found. `exitCode` 0 is `--help`. */
export class UsageError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 2) {
    super(message)
    this.name = 'UsageError'
    this.exitCode = exitCode
  }
}

/** A scenario starts at 2024-08-08T14:30Z and lasts 150 s by default. */
const SCENARIO_START_US = Date.UTC(2024, 7, 8, 14, 30) * 1000
const SCENARIO_DURATION_US = 150 * US_PER_SECOND

const UNITS_US: Readonly<Record<string, number>> = {
  ms: 1000,
  s: US_PER_SECOND,
  m: US_PER_MINUTE,
  h: US_PER_HOUR,
  d: US_PER_DAY,
}

/** Reads "30s", "500ms", "2m", "1h", "1d" as microseconds. */
function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  const durationUs = match ? Math.round(Number(match[1]) * (UNITS_US[match[2] ?? ''] ?? 0)) : 0
  if (durationUs <= 0) throw new InvalidArgumentError('Expected a duration above 0 such as 500ms, 30s, 5m or 1h.')
  return durationUs
}

function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const speed = Number(text)
  if (!(speed > 0 && speed <= 10_000))
    throw new InvalidArgumentError('Expected a number above 0 and at most 10000, or max.')
  return speed
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || seed >= 2 ** 40)
    throw new InvalidArgumentError('Expected a whole number from 0 to 2^40 - 1.')
  return seed
}

function parseStartTime(text: string): number {
  const ms = parseIsoTimeMs(text)
  if (ms === undefined) throw new InvalidArgumentError('Expected an ISO 8601 time such as 2024-08-08T14:30Z.')
  return ms * 1000
}

function parseSymbols(text: string): readonly string[] {
  const symbols = text.split(',')
  if (symbols.includes('') || new Set(symbols).size < symbols.length)
    throw new InvalidArgumentError('Expected symbols, separated by commas, each once, such as BTC/USDT,ETH/USDT.')
  return symbols
}

function parsePorts(text: string): readonly [number, number, number] | undefined {
  if (text === 'off') return undefined
  const ports = text.split(',').map(Number)
  const [data, order, strategy] = ports
  const valid = ports.every((port) => Number.isInteger(port) && port >= 0 && port <= 65_535)
  if (!valid || ports.length !== 3 || data === undefined || order === undefined || strategy === undefined)
    throw new InvalidArgumentError(
      'Expected three ports, data, order and strategy plane, such as 8000,8001,8002, or off.',
    )
  return [data, order, strategy]
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

function command(): Command {
  return new Command('npm start --')
    .description(
      'Triplane in one process: market data in, orders and PnL out. Without flags: the simulated market, live.',
    )
    .option('--capture <file>', 'replay a capture file, plain or gzip; may be given several times', collect, [])
    .addOption(
      new Option('--venue <venue>', 'venue and product of the captures; default: detected from their content').choices(
        recordedVenues,
      ),
    )
    .addOption(new Option('--live <venue>', 'trade a live venue on paper').choices(liveVenues))
    .option('--symbols <list>', 'trade these only: BTC/USDT,ETH/USDT', parseSymbols)
    .option('--record <file>', 'record what the live venue says, to be replayed by --capture')
    .option('--speed <factor>', 'market time against wall time: 1, 10, ... or max', parseSpeed)
    .option('--duration <time>', 'end after this much market time: 30s, 5m, 1h', parseDuration)
    .option(
      '--hole <time>',
      'a silence of a capture longer than this, outside closed sessions, is a disconnect and jumped over',
      parseDuration,
      DEFAULT_HOLE_US,
    )
    .addOption(
      new Option('--scenario <name>', 'what the simulated market does, for 150 s')
        .choices(Object.keys(scenarios))
        .default('calm'),
    )
    .option('--seed <number>', 'seed of the simulated market', parseSeed)
    .option(
      '--start-time <time>',
      'market time at which the simulated market starts; default: now, with --scenario 2024-08-08T14:30Z',
      parseStartTime,
    )
    .addOption(
      new Option('--sessions <mode>', 'simulated sessions: always open, or real exchange hours').choices([
        'always',
        'real',
      ]),
    )
    .option('--resume', 'continue the simulated run that was stopped cleanly', false)
    .option('--halted', 'begin halted: nothing is traded until triplane resume', false)
    .addOption(new Option('--storage <mode>', 'history in Postgres').choices(['on', 'off']).default('on'))
    .addOption(new Option('--hash <mode>', 'hash of all output events').choices(['on', 'off']).default('on'))
    .option(
      '--ofi-interval <time>',
      'interval over which order-flow imbalance is summed',
      parseDuration,
      10 * US_PER_SECOND,
    )
    .option('--report <file>', 'write the report as JSON')
    .option('--instruments <file>', 'add or override instruments; may be given several times', collect, [])
    .option('--strategies <folder>', 'add strategies of your own, each a TypeScript file: see docs/adding.md')
    .option('--config <file>', 'settings as JSON; environment variables win')
    .option('--host <address>', 'address that the metrics servers listen on', '127.0.0.1')
    .option('--ports <data,order,strategy>', 'ports of the metrics servers, or off', parsePorts, [8000, 8001, 8002])
    .option('--var <folder>', 'where databases, snapshots and logs are kept', 'var')
    .allowExcessArguments(false)
    .showHelpAfterError('Try: npm start -- --help')
    .exitOverride()
}

/** Reads the command line. Throws `UsageError` for a wrong one. `seedOf` supplies a seed when none is given. */
export function parseOptions(argv: readonly string[], seedOf: () => number): Options {
  const parser = command()
  let output = ''
  const write = (text: string) => void (output += text)
  parser.configureOutput({ writeOut: write, writeErr: write })
  try {
    parser.parse([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(output.trim(), error.exitCode === 0 ? 0 : 2)
    throw error
  }
  const flags = parser.opts<Flags>()
  const source = flags.capture.length > 0 ? '--capture' : flags.live === undefined ? 'simulation' : '--live'
  refuseTogether(parser, source)
  return {
    captures: flags.capture,
    venue: flags.venue,
    live: flags.live,
    symbols: flags.symbols,
    recordFile: flags.record,
    speed: flags.speed ?? 1,
    durationUs:
      flags.duration ?? (parser.getOptionValueSource('scenario') === 'cli' ? SCENARIO_DURATION_US : undefined),
    holeUs: flags.hole,
    scenario: flags.scenario,
    seed: flags.seed ?? seedOf(),
    startTimeUs: flags.startTime ?? (parser.getOptionValueSource('scenario') === 'cli' ? SCENARIO_START_US : undefined),
    sessions: flags.sessions ?? 'always',
    resume: flags.resume,
    halted: flags.halted,
    storage: flags.storage === 'on',
    hash: flags.hash === 'on',
    ofiIntervalUs: flags.ofiInterval,
    reportFile: flags.report,
    instrumentFiles: flags.instruments,
    strategyFolder: flags.strategies,
    configFile: flags.config,
    host: flags.host,
    ports: flags.ports,
    varFolder: flags.var,
  }
}

interface Flags {
  readonly capture: readonly string[]
  readonly venue?: string
  readonly live?: string
  readonly symbols?: readonly string[]
  readonly record?: string
  readonly speed?: number | 'max'
  readonly duration?: number
  readonly hole: number
  readonly scenario: ScenarioName
  readonly seed?: number
  readonly startTime?: number
  readonly sessions?: 'always' | 'real'
  readonly resume: boolean
  readonly halted: boolean
  readonly storage: 'on' | 'off'
  readonly hash: 'on' | 'off'
  readonly ofiInterval: number
  readonly report?: string
  readonly instruments: readonly string[]
  readonly strategies?: string
  readonly config?: string
  readonly host: string
  readonly ports: readonly [number, number, number] | undefined
  readonly var: string
}

/** Flags that have no effect beside each other are a mistake, not a preference. */
function refuseTogether(parser: Command, source: '--capture' | '--live' | 'simulation'): void {
  const given = (name: string) => parser.getOptionValueSource(name) === 'cli'
  const simulatedOnly = {
    scenario: '--scenario',
    seed: '--seed',
    startTime: '--start-time',
    sessions: '--sessions',
    resume: '--resume',
  }
  for (const [name, flag] of Object.entries(simulatedOnly)) {
    if (source === '--capture' && given(name))
      throw new UsageError(`Expected --capture or ${flag}, found both: a capture is replayed as it was recorded.`)
    if (source === '--live' && given(name))
      throw new UsageError(`Expected --live or ${flag}, found both: a live venue is as it is.`)
  }
  if (given('live') && given('capture'))
    throw new UsageError('Expected --capture or --live, found both: a run has one kind of source.')
  if (source !== '--capture' && given('venue'))
    throw new UsageError(
      'Expected --capture with --venue: the simulated market and a live one have a venue of their own.',
    )
  if (source !== '--capture' && given('hole'))
    throw new UsageError('Expected --capture with --hole: only a capture has holes.')
  if (source === '--live' && given('speed'))
    throw new UsageError('Expected --live without --speed: a live venue has the pace of the clock.')
  if (source !== '--live' && given('record'))
    throw new UsageError('Expected --live with --record: only what a live venue says is recorded.')
  if (source === 'simulation' && given('symbols'))
    throw new UsageError('Expected --live or --capture with --symbols: the simulated market trades what it has.')
  for (const name of ['scenario', 'seed', 'startTime', 'sessions', 'ofiInterval'] as const) {
    if (given('resume') && given(name))
      throw new UsageError(
        'Expected --resume without a new scenario, seed, start time, sessions or OFI interval: it continues the run as it was.',
      )
  }
}
