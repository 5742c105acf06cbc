import { runModes, type Run, type RunMode } from '@triplane/contracts'
import { scenarios } from '@triplane/feeds'
import type { StoredRun } from '@triplane/storage'
import { InvalidArgumentError, Option } from 'commander'
import type { ControlTopics } from '../servers/control-topics.ts'
import { formatTable, timeText } from '../table.ts'
import { jsonOption, parseTime, show, wholeNumber, type CommandLine } from './command-line.ts'

const RUN_ID_BYTES = 4
const SEED_BYTES = 4
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
  readonly json?: boolean
}

/** `run start` and `run list`: the topic of runs, whose newest record is the current run. */
export function addRunCommands(line: CommandLine): void {
  const run = line.program.command('run').description('runs of the three planes')
  run
    .command('start')
    .description('start a run: the planes drain the one that they are in and begin this one')
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
    .addOption(jsonOption())
    .action((flags: StartFlags) => withTopics(line, (topics) => startOne(line, topics, flags)))
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

async function startOne(line: CommandLine, topics: ControlTopics, flags: StartFlags): Promise<void> {
  const { environment, nowUs, randomBytes, userName } = line.edges
  const text = flags.venues ?? (environment['TRIPLANE_MARKET_VENUES'] || environment['TRIPLANE_VENUES'] || 'sim')
  const dataPlanes = flags.dataPlane
  const given = dataPlanes.length > 0 ? dataPlanes.flatMap((plane) => plane.venues) : text.split(',')
  const venues = given.map((venue) => venue.trim())
  const current = flags.ifNone ? (await topics.readRuns()).at(-1) : undefined
  if (current && [...current.venues].sort().join() === [...venues].sort().join()) {
    show(line, flags.json, { started: false, run: current }, () => `Run ${current.runId} is there already.\n`)
    return
  }
  const run = await topics.startRun({
    runId: randomBytes(RUN_ID_BYTES).toString('hex'),
    mode: flags.mode,
    account: flags.account,
    seed: flags.seed ?? randomBytes(SEED_BYTES).readUInt32BE(),
    startUs: flags.startTime,
    scenario: flags.scenario,
    sessions: flags.sessions,
    venues,
    ...(dataPlanes.length > 0 && { dataPlanes: [...dataPlanes] }),
    who: userName(),
    nowUs: nowUs(),
  })
  show(line, flags.json, { started: true, run }, () => `Started ${describe(run)}.\n`)
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
