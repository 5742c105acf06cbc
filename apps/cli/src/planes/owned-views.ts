import {
  createStateCheck,
  latchedSwitches,
  ownedAccountSchema,
  type OwnedAccount,
  type OwnedHolding,
} from '@triplane/contracts'
import type { OwnedDocument } from '@triplane/control'
import { CliError } from '../cli-error.ts'
import type { Edges } from '../edges.ts'
import type { Environment } from '../environment.ts'
import { askPlane } from './ask-plane.ts'
import { onlyPlane, type PlaneName } from './plane-urls.ts'

/** How often to ask whether the planes own the same, and the wait between attempts. */
const ASK_TIMES = 60
const ASK_AGAIN_MS = 500

type Fields = Readonly<Record<string, unknown>>

/** What the two planes that keep a ledger report as owned by the account. */
export interface OwnedViews {
  readonly tradingState: string
  /** Orders that have not ended. */
  readonly openOrders: number
  readonly marketUs: number
  readonly switches: OwnedDocument['switches']
  readonly order: OwnedAccount
  readonly strategy: OwnedAccount
}

const explainAccount = createStateCheck(ownedAccountSchema, '/account')
const explainSwitches = createStateCheck(latchedSwitches, '/switches')

/** Asks the order plane and the strategy plane. Throws CliError when one does not answer. */
export async function readOwnedViews(environment: Environment): Promise<OwnedViews> {
  const [order, strategy] = await Promise.all([
    readView(environment, 'order', 'owned'),
    readView(environment, 'strategy', 'owned'),
  ])
  const { tradingState, openOrders, marketUs, switches } = order
  const problem = explainAccount(order['account']) ?? explainAccount(strategy['account']) ?? explainSwitches(switches)
  if (problem !== undefined || typeof openOrders !== 'number' || typeof marketUs !== 'number')
    throw new CliError(`Expected what the account owns, was something else: ${problem ?? 'no market time'}`)
  return {
    tradingState: String(tradingState),
    openOrders,
    marketUs,
    switches: switches as OwnedDocument['switches'],
    order: order['account'] as OwnedAccount,
    strategy: strategy['account'] as OwnedAccount,
  }
}

/** A plane's `/status/<view>`. Throws CliError when it does not answer. */
export async function readView(environment: Environment, plane: PlaneName, view: string): Promise<Fields> {
  const url = onlyPlane(environment, plane)
  const answer = await askPlane(url, `/status/${view}`)
  if (answer.answered && answer.status === 200 && answer.body) return answer.body
  const said = answer.answered ? (answer.body?.['error'] ?? `HTTP ${answer.status}`) : answer.error
  throw new CliError(`Expected ${view} of the ${plane} plane at ${url}, was: ${String(said)}`)
}

/**
 * The differences between the ledgers, by instrument and strategy; empty where they agree. Ignores marks and peaks, which each
 * ledger has for itself, and the price at which it took a fee in a third currency: with such fees, results are the order
 * plane's.
 */
export function differencesOf({ order, strategy }: Pick<OwnedViews, 'order' | 'strategy'>): string[] {
  const hasFeeAssets = order.assets.length > 0
  const amounts = ['quantity', 'costBasis', ...(hasFeeAssets ? [] : (['realized', 'cashFlow'] as const))] as const
  const [ours, theirs] = [partsOf(order.positions), partsOf(strategy.positions)]
  const told: string[] = []
  for (const place of new Set([...ours.keys(), ...theirs.keys()])) {
    for (const amount of amounts) {
      const [own, other] = [ours.get(place)?.[amount] ?? '0', theirs.get(place)?.[amount] ?? '0']
      if (own !== other) told.push(`${place}: ${amount} ${own} by the order plane, ${other} by the strategy plane`)
    }
  }
  const [cash, otherCash] = [order, strategy].map(({ cash: held }) =>
    held.map(({ currency, amount }) => `${amount} ${currency}`).join(', '),
  )
  if (cash !== otherCash) told.push(`cash: ${cash} by the order plane, ${otherCash} by the strategy plane`)
  return told
}

function partsOf(holdings: readonly OwnedHolding[]) {
  return new Map(
    holdings.flatMap(({ instrument, parts }) => parts.map((part) => [`${instrument} ${part.strategy}`, part] as const)),
  )
}

/** Waits until both planes own the same: what still differs when they do not get there. */
export async function untilOwnedAlike({
  environment,
  wait,
}: Pick<Edges, 'environment' | 'wait'>): Promise<readonly string[]> {
  let differences: readonly string[] = []
  for (let i = 0; i < ASK_TIMES; i++) {
    if (i > 0) await wait(ASK_AGAIN_MS)
    differences = differencesOf(await readOwnedViews(environment))
    if (differences.length === 0) break
  }
  return differences
}
