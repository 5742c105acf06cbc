import { field, stateSchema, type InstrumentId, type StateOf } from '@triplane/contracts'
import { UNATTRIBUTED } from './holding.ts'
import { numberFromMoney } from './money.ts'
import type { Booked, Position } from './position.ts'

/** What something has made, USD (1e-8). */
export interface Gains {
  /** Net of commission. */
  readonly realizedUsd: bigint
  readonly unrealizedUsd: bigint
  /** Commission paid, for information: it is in `realizedUsd`. */
  readonly feesUsd: bigint
}

/** A position at its mark, whose it is, and how each is valued. */
export interface HeldGains {
  readonly whole: Position
  readonly parts: ReadonlyMap<string, Booked>
  readonly gainsOf: (position: Position) => Gains
}

/** What a strategy holds of an instrument, signed, in its decimal digits. */
interface Held {
  readonly instrument: InstrumentId
  readonly quantity: bigint
  readonly quantityScale: number
}

/** What one strategy has made. */
export interface StrategyValuation extends Gains {
  readonly strategy: string
  /** From the most that it had made, over the account's capital and that; 0-1 and above when all is lost. */
  readonly drawdownRatio: number
  readonly maxDrawdownRatio: number
  readonly positions: readonly Held[]
}

const subLedgerSchema = stateSchema({ strategy: field.text, peakUsd: field.units, maxDrawdownRatio: field.real })

/** The sub-ledgers as they are saved: what their holdings do not say. */
export const subLedgersSchema = field.list(subLedgerSchema)
type SubLedgersSnapshot = StateOf<typeof subLedgersSchema>

interface Peak {
  peakUsd: bigint
  maxDrawdownRatio: number
}

const nothingMade: Gains = { realizedUsd: 0n, unrealizedUsd: 0n, feesUsd: 0n }

/** What a strategy has made that did not trade. */
export function nothingMadeBy(strategy: string): StrategyValuation {
  return { strategy, ...nothingMade, drawdownRatio: 0, maxDrawdownRatio: 0, positions: [] }
}

/**
 * What strategies have made of what they share, and how far each is below its best. A strategy is judged as if it had all of the account's
 * capital to itself: so one that is alone has the drawdown of the account.
 *
 * Invariant: gains of strategies and of what is nobody's sum to those of the account exactly. Each is rounded; the last of a
 * holding takes the rest.
 */
export class SubLedgers {
  readonly #peaks: Map<string, Peak>

  constructor(snapshot: SubLedgersSnapshot) {
    this.#peaks = new Map(
      snapshot.map(({ strategy, peakUsd, maxDrawdownRatio }) => [
        strategy,
        { peakUsd: BigInt(peakUsd), maxDrawdownRatio },
      ]),
    )
  }

  /** Remembers the most that each strategy has made and its largest drawdown. `capitalUsd` is what was put in. */
  observe(held: Iterable<HeldGains>, capitalUsd: bigint): void {
    for (const { strategy, realizedUsd, unrealizedUsd, maxDrawdownRatio } of this.value(held, capitalUsd)) {
      const madeUsd = realizedUsd + unrealizedUsd
      const peakUsd = this.#peaks.get(strategy)?.peakUsd ?? 0n
      this.#peaks.set(strategy, { peakUsd: madeUsd > peakUsd ? madeUsd : peakUsd, maxDrawdownRatio })
    }
  }

  value(held: Iterable<HeldGains>, capitalUsd: bigint): StrategyValuation[] {
    const sums = new Map<string, { gains: Gains; readonly positions: Held[] }>()
    for (const holding of held) {
      for (const [strategy, gains] of partsOf(holding)) {
        if (strategy === UNATTRIBUTED) continue
        let sum = sums.get(strategy)
        if (!sum) sums.set(strategy, (sum = { gains: nothingMade, positions: [] }))
        sum.gains = add(sum.gains, gains)
        const { instrument, quantityScale } = holding.whole
        const quantity = holding.parts.get(strategy)?.quantity ?? 0n
        if (quantity !== 0n) sum.positions.push({ instrument, quantity, quantityScale })
      }
    }
    return Array.from(sums, ([strategy, { gains, positions }]) => {
      const { peakUsd, maxDrawdownRatio } = this.#peaks.get(strategy) ?? { peakUsd: 0n, maxDrawdownRatio: 0 }
      const belowUsd = peakUsd - gains.realizedUsd - gains.unrealizedUsd
      const drawdownRatio = belowUsd > 0n ? numberFromMoney(belowUsd) / numberFromMoney(capitalUsd + peakUsd) : 0
      return {
        strategy,
        ...gains,
        drawdownRatio,
        maxDrawdownRatio: Math.max(maxDrawdownRatio, drawdownRatio),
        positions,
      }
    })
  }

  snapshot(): SubLedgersSnapshot {
    return Array.from(this.#peaks, ([strategy, { peakUsd, maxDrawdownRatio }]) => ({
      strategy,
      peakUsd: String(peakUsd),
      maxDrawdownRatio,
    }))
  }
}

/** What each part of a holding has made; together what the whole has. */
function* partsOf({ whole, parts, gainsOf }: HeldGains): Generator<readonly [strategy: string, gains: Gains]> {
  let rest = gainsOf(whole)
  let left = parts.size
  for (const [strategy, part] of parts) {
    left -= 1
    const gains = left === 0 ? rest : gainsOf({ ...whole, ...part })
    rest = subtract(rest, gains)
    yield [strategy, gains]
  }
}

function add(a: Gains, b: Gains): Gains {
  return {
    realizedUsd: a.realizedUsd + b.realizedUsd,
    unrealizedUsd: a.unrealizedUsd + b.unrealizedUsd,
    feesUsd: a.feesUsd + b.feesUsd,
  }
}

function subtract(a: Gains, b: Gains): Gains {
  return add(a, { realizedUsd: -b.realizedUsd, unrealizedUsd: -b.unrealizedUsd, feesUsd: -b.feesUsd })
}
