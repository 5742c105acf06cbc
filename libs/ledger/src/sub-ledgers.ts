import { field, stateSchema, type InstrumentId, type StateOf } from '@triplane/contracts'
import { UNATTRIBUTED } from './holding.ts'
import { numberFromMoney } from './money.ts'
import type { Booked, Position } from './position.ts'

/** Gains, USD (1e-8). */
export interface Gains {
  /** Net of commission. */
  readonly realizedUsd: bigint
  readonly unrealizedUsd: bigint
  /** Commission paid, for information: it is in `realizedUsd`. */
  readonly feesUsd: bigint
}

/** A position at its mark, the strategies' parts of it, and how each is valued. */
export interface HeldGains {
  readonly whole: Position
  readonly parts: ReadonlyMap<string, Booked>
  readonly gainsOf: (position: Position) => Gains
}

/** A strategy's position in an instrument, signed, with its decimal digits. */
interface Held {
  readonly instrument: InstrumentId
  readonly quantity: bigint
  readonly quantityScale: number
}

/** The gains of one strategy. */
export interface StrategyValuation extends Gains {
  readonly strategy: string
  /** Fall from its highest gain, over the account's capital plus that gain; 0-1, above when all is lost. */
  readonly drawdownRatio: number
  readonly maxDrawdownRatio: number
  readonly positions: readonly Held[]
}

const subLedgerSchema = stateSchema({ strategy: field.text, peakUsd: field.units, maxDrawdownRatio: field.real })

/** The saved sub-ledgers, as far as the holdings do not contain them. */
export const subLedgersSchema = field.list(subLedgerSchema)
type SubLedgersSnapshot = StateOf<typeof subLedgersSchema>

interface Peak {
  peakUsd: bigint
  maxDrawdownRatio: number
}

const nothingMade: Gains = { realizedUsd: 0n, unrealizedUsd: 0n, feesUsd: 0n }

/** The valuation of a strategy that did not trade. */
export function nothingMadeBy(strategy: string): StrategyValuation {
  return { strategy, ...nothingMade, drawdownRatio: 0, maxDrawdownRatio: 0, positions: [] }
}

/**
 * Gains and drawdowns of strategies that share an account. Each is judged as if it had all of the account's capital, so a
 * strategy on its own has the drawdown of the account.
 *
 * Invariant: gains of strategies plus unattributed gains sum to those of the account exactly. Each is rounded; the last part
 * of a holding gets the rest.
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

  /** Remembers the highest gain and the largest drawdown of each strategy. `capitalUsd` is the capital paid in. */
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

/** The gains of each part of a holding; they sum to those of the whole. */
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
