import { field, stateSchema, StateMisfitError, type InstrumentId, type StateOf } from '@triplane/contracts'
import { contractSizeOf, type ContractSize } from '@triplane/instruments'
import { formatFixed } from '@triplane/kernel'
import { bookQuantity, nothingBooked, type Booked, type Position, type RoundTrip } from './position.ts'

const amounts = {
  quantity: field.units,
  costBasis: field.units,
  realized: field.units,
  fees: field.units,
  cashFlow: field.units,
  roundTripResult: field.units,
} satisfies Record<keyof Booked, typeof field.units>
const fields = Object.keys(amounts) as (keyof Booked)[]

/** A saved holding: the parts of the strategies, and the mark of the whole. */
export const holdingSchema = stateSchema({
  instrument: field.text,
  quoteCurrency: field.text,
  quantityScale: field.count,
  contractSize: field.text,
  mark: field.real,
  markUs: field.timeUs,
  parts: field.list(stateSchema({ strategy: field.text, ...amounts })),
})
export type HoldingSnapshot = StateOf<typeof holdingSchema>

type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] }

/** Name of the account's own part, from deposits, which belongs to no strategy. */
export const UNATTRIBUTED = ''

/**
 * The holding of one instrument or asset, and the strategies' parts of it.
 *
 * Invariant: the whole is the sum of its parts in every amount, so its realised result is the sum of the strategies'. Two
 * strategies with opposite positions may be flat together while neither is.
 */
export class Holding {
  readonly #whole: Mutable<Position>
  readonly #parts = new Map<string, Mutable<Booked>>()

  constructor(instrument: InstrumentId, quoteCurrency: string, quantityScale: number, contract = wholeUnit) {
    this.#whole = { instrument, quoteCurrency, quantityScale, contract, ...nothingBooked, mark: 0, markUs: 0 }
  }

  get whole(): Position {
    return this.#whole
  }

  /** The part of every strategy that ever traded it, in the order of their first trade. */
  get parts(): ReadonlyMap<string, Booked> {
    return this.#parts
  }

  /** The part of a strategy. */
  part(strategy: string): Booked {
    return this.#parts.get(strategy) ?? nothingBooked
  }

  /** Values it at `price`, of market time `atUs`, from now on. */
  mark(price: number, atUs: number): void {
    this.#whole.mark = price
    this.#whole.markUs = atUs
  }

  /** Books a signed quantity for the signed `notional` on a strategy's part (`bookQuantity`). */
  book(strategy: string, quantity: bigint, notional: bigint, fee: bigint): RoundTrip {
    let part = this.#parts.get(strategy)
    if (!part) this.#parts.set(strategy, (part = { ...nothingBooked }))
    for (const name of fields) this.#whole[name] -= part[name]
    const ended = bookQuantity(part, quantity, notional, fee)
    for (const name of fields) this.#whole[name] += part[name]
    return ended
  }

  snapshot(): HoldingSnapshot {
    const { instrument, quoteCurrency, quantityScale, contract, mark, markUs } = this.#whole
    const contractSize = sizeOf(contract)
    const parts = Array.from(this.#parts, ([strategy, part]) => {
      const { quantity, costBasis, realized, fees, cashFlow, roundTripResult } = part
      return {
        strategy,
        quantity: String(quantity),
        costBasis: String(costBasis),
        realized: String(realized),
        fees: String(fees),
        cashFlow: String(cashFlow),
        roundTripResult: String(roundTripResult),
      }
    })
    return { instrument, quoteCurrency, quantityScale, contractSize, mark, markUs, parts }
  }

  /** Restores a saved holding in place of what is booked. Throws StateMisfitError if it was counted in other units. */
  restore(saved: HoldingSnapshot): void {
    const own = { ...this.#whole, contractSize: sizeOf(this.#whole.contract) }
    if (termsOf(saved) !== termsOf(own)) throw misfit(saved, termsOf(own))
    this.mark(saved.mark, saved.markUs)
    Object.assign(this.#whole, nothingBooked)
    this.#parts.clear()
    for (const { strategy, ...units } of saved.parts) {
      const part = { ...nothingBooked }
      for (const name of fields) {
        part[name] = BigInt(units[name])
        this.#whole[name] += part[name]
      }
      this.#parts.set(strategy, part)
    }
  }
}

type Terms = Pick<HoldingSnapshot, 'instrument' | 'quoteCurrency' | 'quantityScale' | 'contractSize'>

const wholeUnit = contractSizeOf({})
const sizeOf = ({ units, scale }: ContractSize) => formatFixed(units, scale)

function termsOf({ quoteCurrency, quantityScale, contractSize }: Terms): string {
  const contracts = contractSize === '1' ? '' : `, contracts of ${contractSize}`
  return `${quantityScale} decimals of quantity in ${quoteCurrency}${contracts}`
}

/** The error for a saved holding in other units, or of an instrument no longer configured: it would be misread. */
export function misfit(saved: Terms, was = 'nothing of it configured'): StateMisfitError {
  return new StateMisfitError(`Expected ${saved.instrument} with ${termsOf(saved)}, as it was saved, was ${was}`)
}
