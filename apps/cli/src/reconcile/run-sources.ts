import { createStateCheck, ownedAccountSchema, type OwnedAccount } from '@triplane/contracts'
import { CliError, messageOf } from '../cli-error.ts'
import type { Edges } from '../edges.ts'
import { askPlane } from '../planes/ask-plane.ts'
import { readView } from '../planes/owned-views.ts'
import { onlyPlane } from '../planes/plane-urls.ts'
import type { Executions } from '../servers/executions.ts'
import type { TopicReader } from '../servers/topic-reader.ts'
import type { LedgerSide, Sources } from './sources.ts'
import { TopicCopy, type LeftOut } from './topic-copy.ts'

const planes = ['order', 'strategy'] as const
const explainAccount = createStateCheck(ownedAccountSchema, '/account')

/** One look at every source. */
export interface Look {
  readonly sources: Sources
  readonly leftOut: LeftOut | undefined
}

/**
 * The sources of a run: ledgers while it is the current one, its topics and its rows. What the planes do not use (no broker
 * beside `npm start`, no database) is no source; what they use and does not answer is a CliError with the exit code 2.
 */
export class RunSources {
  readonly runId: string
  /** What is not compared, and why. */
  readonly notes: readonly string[]
  readonly #edges: Edges
  readonly #isCurrent: boolean
  readonly #topics: { readonly reader: TopicReader; readonly copy: TopicCopy } | undefined
  readonly #executions: Executions | undefined

  private constructor(
    edges: Edges,
    { runId, isCurrent }: { readonly runId: string; readonly isCurrent: boolean },
    reader: TopicReader | undefined,
    executions: Executions | undefined,
  ) {
    this.runId = runId
    this.#edges = edges
    this.#isCurrent = isCurrent
    this.#topics = reader && { reader, copy: new TopicCopy(reader, runId) }
    this.#executions = executions
    this.notes = [
      ...(isCurrent ? [] : ['the ledgers, which are of another run']),
      ...(reader ? [] : ['topics: there is no broker']),
      ...(executions ? [] : ['the database: the order plane has none']),
    ]
  }

  static async open(edges: Edges, run: string | undefined): Promise<RunSources> {
    const { environment } = edges
    const { runId: current } = await comparable('the run', () => readView(environment, 'order', 'run'))
    const runId = run ?? current
    if (typeof runId !== 'string') throw new CliError('Expected a run under way on the order plane, was none', 2)
    const uses = await checksOf(edges)
    const isCurrent = runId === current
    const reader = uses.has('kafka')
      ? await comparable('the topics', () => edges.openTopicReader(environment))
      : undefined
    const executions = uses.has('database') ? edges.openExecutions(environment) : undefined
    return new RunSources(edges, { runId, isCurrent }, reader, executions)
  }

  /** Ledgers first: what they have booked is then on the topics. Rejects with CliError when a source does not answer. */
  async look(): Promise<Look> {
    const ledgers = this.#isCurrent ? await Promise.all(planes.map((plane) => this.#ledgerOf(plane))) : []
    await comparable('the topics', async () => this.#topics?.copy.catchUp())
    const database = await comparable('the database', async () => this.#executions?.read(this.runId))
    const told = this.#topics?.copy.rows(new Set(database?.refused))
    const sources = { ledgers, ...(told && { topics: told.side }), ...(database && { database }) }
    return { sources, leftOut: told?.leftOut }
  }

  /** Whether rows of the order plane wait until its database takes them. */
  async isDatabaseBehind(): Promise<boolean> {
    const status = (await checksOf(this.#edges)).get('database')
    return status !== undefined && status !== 'healthy'
  }

  async close(): Promise<void> {
    await Promise.all([this.#topics?.reader.close(), this.#executions?.close()])
  }

  async #ledgerOf(plane: LedgerSide['plane']): Promise<LedgerSide> {
    const view = await comparable(`the ledger`, () => readView(this.#edges.environment, plane, 'owned'))
    const { account, marketUs, lastFillId } = view
    const problem = explainAccount(account)
    if (problem !== undefined || typeof marketUs !== 'number')
      throw new CliError(`Expected what the ${plane} plane owns, was something else: ${problem ?? 'no market time'}`, 2)
    const asOf = typeof lastFillId === 'string' ? lastFillId : undefined
    return { plane, account: account as OwnedAccount, lastFillId: asOf, marketUs }
  }
}

/** The checks of the order plane's health, with their status: which servers it uses. */
async function checksOf({ environment }: Edges): Promise<ReadonlyMap<string, unknown>> {
  const url = onlyPlane(environment, 'order')
  const answer = await askPlane(url, '/health/detailed')
  const checks = answer.answered ? answer.body?.['checks'] : undefined
  if (typeof checks !== 'object' || checks === null)
    throw new CliError(`Expected the health of the order plane at ${url}, was none`, 2)
  return new Map(Object.entries(checks).map(([name, check]) => [name, (check as { status?: unknown }).status]))
}

/** The answer of a source; a fault as a CliError with the exit code 2. */
async function comparable<Answer>(source: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw new CliError(`Cannot compare ${source}: ${messageOf(error)}`, 2)
  }
}
