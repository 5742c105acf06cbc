import { runModes, type Run, type RunMode } from '@triplane/contracts'
import { scenarios } from '@triplane/feeds'
import type { StoredRun } from '@triplane/storage'
import { InvalidArgumentError, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import { askPlane, type PlaneAnswer } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { planeUrls } from '../planes/plane-urls.ts'
import type { ControlTopics } from '../servers/control-topics.ts'
import { formatTable, timeText } from '../table.ts'
import { jsonOption, parseTime, show, tokenFileOption, wholeNumber, type CommandLine } from './command-line.ts'

const RUN_ID_BYTES = 4
const SEED_BYTES = 4
/** The audit row and the bus have a time limit each. */
const START_MS = 30_000
const UNAVAILABLE = 503
const MAX_WAIT_SECONDS = 3600
const MAX_SEED = 2 ** 40 - 1

interface StartFlags {
  readonly mode: RunMode
  readonly account?: string
  readonly seed?: number
  readonly startTime?: number
  readonly scenario: string
  readonly sessions: 'always' | 'real'
  readonly venues?: string
  readonly dataPlane: readonly DataPlaneOfRun[]
  readonly ifNone: boolean
  readonly waitSeconds: number
  readonly why: string
  readonly tokenFile?: string
  readonly json?: boolean
}

/** `run start`, by an order plane, and `run list`: the topic of runs, whose newest record is the current run. */
export function addRunCommands(line: CommandLine): void {
  const run = line.program.command('run').description('runs of the three planes')
  run
    .command('start')
    .description('start a run, once it is audited: the planes drain the one that they are in and begin this one')
    .addOption(new Option('--mode <mode>', 'whether the planes wait for each other').choices(runModes).default('live'))
    .option('--account <name>', 'default: sim-<run>, which no live account is')
    .option('--seed <number>', 'seed of the simulated market; default: random', wholeNumber(0, MAX_SEED))
    .option('--start-time <time>', 'market time at which the simulated market starts; default: now', parseTime)
    .addOption(
      new Option('--scenario <name>', 'what the simulated market does').choices(Object.keys(scenarios)).default('calm'),
    )
    .addOption(
      new Option('--sessions <mode>', 'simulated sessions: always open, or real exchange hours')
        .choices(['always', 'real'])
        .default('always'),
    )
    .option('--venues <list>', 'venues whose instruments are traded; default: TRIPLANE_MARKET_VENUES, or sim')
    .option(
      '--data-plane <name=venues>',
      'one of several data planes, and its venues; again for each (TRIPLANE_PLANE_INSTANCE names the process)',
      dataPlaneOf,
      [],
    )
    .option('--if-none', 'only when there is no run for these venues yet', false)
    .option(
      '--wait-seconds <number>',
      'how long to wait for the plane to be ready',
      wholeNumber(0, MAX_WAIT_SECONDS),
      0,
    )
    .option('--why <text>', 'the reason, for the audit', 'run start')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((flags: StartFlags) => startOne(line, flags))
  run
    .command('list')
    .description('the runs of the services, or of the npm start that is under way here; newest first')
    .addOption(jsonOption())
    .action(({ json }: { readonly json?: boolean }) => {
      if (line.edges.readLocalRuns) return listLocal(line, line.edges.readLocalRuns, json)
      return withTopics(line, async (topics) => {
        const runs = (await topics.readRuns()).reverse()
        show(line, json, { runs }, () => formatTable(heads, runs.map(rowOf), 'There is no run yet.'))
      })
    })
}

async function listLocal(
  line: CommandLine,
  readRuns: () => Promise<readonly StoredRun[]>,
  json: boolean | undefined,
): Promise<void> {
  const runs = await readRuns()
  const rows = runs.map(({ runId, mode, startedAtUs, endedAtUs }) => {
    return [runId, mode, timeText(startedAtUs), timeText(endedAtUs)]
  })
  show(line, json, { runs }, () => formatTable(['run', 'mode', 'started', 'ended'], rows, 'There is no run yet.'))
}

async function withTopics(line: CommandLine, act: (topics: ControlTopics) => Promise<void>): Promise<void> {
  const topics = await line.edges.openControlTopics(line.edges.environment)
  try {
    await act(topics)
  } finally {
    await topics.close()
  }
}

async function startOne(line: CommandLine, flags: StartFlags): Promise<void> {
  const { environment, randomBytes } = line.edges
  const text = flags.venues ?? (environment['TRIPLANE_MARKET_VENUES'] || environment['TRIPLANE_VENUES'] || 'sim')
  const dataPlanes = flags.dataPlane
  const given = dataPlanes.length > 0 ? dataPlanes.flatMap((plane) => plane.venues) : text.split(',')
  const token = operatorToken(environment, flags.tokenFile)
  // Any of several order planes speaks for all: they follow one topic of runs.
  const [url = ''] = planeUrls(environment, 'order')
  const run = {
    runId: randomBytes(RUN_ID_BYTES).toString('hex'),
    mode: flags.mode,
    ...(flags.account !== undefined && { account: flags.account }),
    seed: flags.seed ?? randomBytes(SEED_BYTES).readUInt32BE(),
    ...(flags.startTime !== undefined && { startUs: flags.startTime }),
    scenario: flags.scenario,
    sessions: flags.sessions,
    venues: given.map((venue) => venue.trim()),
    ...(dataPlanes.length > 0 && { dataPlanes }),
  }
  const body = { run, ifNone: flags.ifNone, why: flags.why }
  const answer = await askUntilReady(line, flags.waitSeconds, () =>
    askPlane(url, '/control/run', { method: 'POST', token, body, timeoutMs: START_MS }),
  )
  if (!answer.answered) throw new CliError(`Expected the order plane at ${url} to answer, was: ${answer.error}`)
  const { accepted, started, reason, run: current } = (answer.body ?? {}) as StartAnswer
  if (accepted !== true || current === undefined)
    throw new CliError(`Expected ${url} to start a run, was refused: ${reason ?? `HTTP ${answer.status}`}`)
  show(line, flags.json, { started, run: current }, () =>
    started === true ? `Started ${describe(current)}.\n` : `Run ${current.runId} is there already.\n`,
  )
}

/** Asks again, each second for so many seconds, while there is no answer, or the plane has no database or bus yet. */
async function askUntilReady(
  { edges }: CommandLine,
  seconds: number,
  ask: () => Promise<PlaneAnswer>,
): Promise<PlaneAnswer> {
  const endUs = edges.nowUs() + seconds * 1e6
  for (;;) {
    const answer = await ask()
    const isReady = answer.answered && answer.status !== UNAVAILABLE
    if (isReady || edges.nowUs() >= endUs) return answer
    await edges.wait(1000)
  }
}

interface StartAnswer {
  readonly accepted?: boolean
  readonly started?: boolean
  readonly reason?: string
  readonly run?: Run
}

type DataPlaneOfRun = NonNullable<Run['dataPlanes']>[number]

/** Reads `kraken=kraken` or `binance=binance_spot,binance_usdm`, and appends it to the earlier ones. */
function dataPlaneOf(text: string, before: readonly DataPlaneOfRun[]): readonly DataPlaneOfRun[] {
  const [, instance = '', list = ''] = /^([a-z0-9][a-z0-9-]{0,31})=(\w+(?:,\w+)*)$/.exec(text) ?? []
  if (instance === '') throw new InvalidArgumentError('Expected <name>=<venue>[,<venue>].')
  const venues = list.split(',')
  const taken = before.find((one) => one.instance === instance || one.venues.some((venue) => venues.includes(venue)))
  if (taken) throw new InvalidArgumentError(`Expected another name and other venues than those of ${taken.instance}.`)
  return [...before, { instance, venues }]
}

function describe({ runId, mode, account, scenario, seed, venues }: Run): string {
  return `run ${runId}: ${mode}, account ${account}, venues ${venues.join(' ')}, scenario ${scenario}, seed ${seed}`
}

const heads = ['run', 'mode', 'account', 'started', 'market time from', 'venues', 'scenario', 'seed', 'by']

function rowOf({ runId, mode, account, startedAtUs, startUs, venues, scenario, seed, who }: Run) {
  return [runId, mode, account, timeText(startedAtUs), timeText(startUs), venues.join(' '), scenario, seed, who]
}
