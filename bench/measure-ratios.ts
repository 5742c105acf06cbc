import { writeFileSync } from 'node:fs'
import { ContenderProcess, differenceOf } from './contender-process.ts'
import type { Contender } from './contender.ts'
import { reference } from './peers/reference.ts'
import { ratioOf, type Ratio } from './ratio.ts'

/** Where `npm run bench -- --compare` wants the ratios; without it a bench prints its figures. */
const file = process.env['TRIPLANE_BENCH_RATIOS']

/** Whether ratios are asked for, not figures. */
export const wantsRatios = file !== undefined

/** In each of a contender's processes. */
const WARM_UP_ROUNDS = 3
const ROUNDS = 8
/** Peers are slow, and what they tell is coarse: they take part in the first generations only. */
const PEER_GENERATIONS = 6
const LEAST_GENERATIONS = 8
const MOST_GENERATIONS = 40
/** A ratio to the reference is known well enough: four times as well as what has to be seen. */
const GOOD_ERROR = 0.012
const MOST_MS = 240_000

/** Two contenders that are compared. */
interface Pair {
  readonly ours: Contender
  readonly peer: Contender
  /** Their ratio in each generation. */
  readonly samples: number[]
}

/**
 * Measures how many times less each contender of ours costs than the reference and the peers, and writes it to the file that
 * was asked for. A cost is the least CPU time of some rounds, in which the contenders take turns: neighbours on the machine
 * only add to it. What differs from process to process (where code and data lie, what was compiled when) is no change of the
 * code, so each generation has new processes and gives one sample; there are as many as it takes for the error to be small,
 * within a time limit.
 */
export async function measureRatios(contenders: readonly Contender[], expected: unknown): Promise<void> {
  const isOurs = (contender: Contender) => contender === contenders[0] || contender.isOurs === true
  const ours = contenders.filter(isOurs)
  const peers = contenders.filter((contender) => !isOurs(contender))
  const pairs = [reference, ...peers].flatMap((peer) => ours.map((own): Pair => ({ ours: own, peer, samples: [] })))
  const isKnown = () => pairs.every(({ peer, samples }) => peer !== reference || ratioOf(samples).error <= GOOD_ERROR)
  const endMs = performance.now() + MOST_MS
  for (let n = 0; n < MOST_GENERATIONS && performance.now() < endMs; n++) {
    if (n >= LEAST_GENERATIONS && isKnown()) break
    const costs = await costsOf([...ours, reference, ...(n < PEER_GENERATIONS ? peers : [])], expected)
    for (const pair of pairs) {
      const peerCost = costs.get(pair.peer)
      if (peerCost !== undefined) pair.samples.push(peerCost / (costs.get(pair.ours) as number))
    }
  }
  process.stdout.write(`  ${pairs[0]?.samples.length} generations\n`)
  const ratios: [string, Ratio][] = pairs.map((pair) => [
    `${pair.ours.name} to ${pair.peer.name}`,
    ratioOf(pair.samples),
  ])
  writeFileSync(file as string, JSON.stringify(Object.fromEntries(ratios)))
}

/** The least cost of each contender in a generation. */
async function costsOf(contenders: readonly Contender[], expected: unknown): Promise<ReadonlyMap<Contender, number>> {
  const costs = new Map<Contender, number>()
  const children = contenders.map((contender) => new ContenderProcess(contender))
  try {
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++)
      for (const child of children) {
        const cost = await costOf(child, expected)
        if (round >= 0) costs.set(child.contender, Math.min(cost, costs.get(child.contender) ?? Infinity))
      }
    return costs
  } finally {
    for (const child of children) child.kill()
  }
}

async function costOf(child: ContenderProcess, expected: unknown): Promise<number> {
  const { contender } = child
  const { result, cpuMs } = await child.run()
  if (contender.costOf) return contender.costOf(result)
  const difference = differenceOf(contender, result, expected)
  if (difference !== undefined) throw new Error(difference)
  return cpuMs
}
