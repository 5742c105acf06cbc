import type { OwnedAccount } from '@triplane/contracts'
import { costOf, decimalOf, moneyOf, moneyUnits, unitsOf } from './amounts.ts'
import type { Difference, FoundFill, LedgerSide } from './sources.ts'

const ONE = unitsOf('1') ?? 0n

/** A signed quantity in 1e-12, and money received less money paid in 1e-8 of the quote currency. */
interface Held {
  quantity: bigint
  cashFlow: bigint
}

/** The fills of a source in their order, and its name in a sentence. */
interface Told {
  readonly name: string
  readonly fills: readonly FoundFill[]
  readonly opening: OwnedAccount | undefined
}

/**
 * What a ledger holds against what the fills up to its last one make: quantity and cash flow of each instrument. An instrument
 * with fees in another currency than its quote currency is left out: such a fee changes both, at a price of the ledger.
 */
export function compareLedger(ledger: LedgerSide, { name, fills, opening }: Told): Difference[] {
  const { plane, account, lastFillId } = ledger
  const found: Difference[] = []
  const end = lastFillId === undefined ? 0 : fills.findIndex(({ fillId }) => fillId === lastFillId) + 1
  if (lastFillId !== undefined && end === 0) {
    const detail = `booked last by the ${plane} plane, not ${name}`
    return [{ kind: 'fill', id: lastFillId, what: `missing ${name}`, detail }]
  }
  const booked = holdingsOf(account)
  const sizes = new Map(account.positions.map((position) => [position.instrument, unitsOf(position.contractSize)]))
  const expected = opening === undefined ? new Map<string, Held>() : holdingsOf(opening)
  const unclear = new Set<string>(account.assets.length > 0 ? account.positions.map((one) => one.instrument) : [])
  for (const fill of fills.slice(0, end)) {
    const { fillId, instrument, feeCurrency } = fill
    const quote = account.positions.find((position) => position.instrument === instrument)?.quoteCurrency
    if (feeCurrency !== undefined && feeCurrency !== quote) unclear.add(instrument)
    const change = changeBy(fill, sizes.get(instrument) ?? ONE)
    if (change === undefined) found.push({ kind: 'fill', id: fillId, what: 'amounts', detail: `no decimals ${name}` })
    else add(expected, instrument, change)
  }
  for (const instrument of new Set([...booked.keys(), ...expected.keys()])) {
    if (unclear.has(instrument)) continue
    const [ours, theirs] = [booked.get(instrument) ?? nothing, expected.get(instrument) ?? nothing]
    const id = `${plane} plane ${instrument}`
    const asOf = `by the ledger, ${name} up to fill ${lastFillId ?? 'none'}`
    if (ours.quantity !== theirs.quantity) {
      const detail = `${decimalOf(ours.quantity)} ${asOf} ${decimalOf(theirs.quantity)}`
      found.push({ kind: 'position', id, what: name, detail })
    }
    if (ours.cashFlow !== theirs.cashFlow) {
      const detail = `cash flow ${moneyOf(ours.cashFlow)} ${asOf} ${moneyOf(theirs.cashFlow)}`
      found.push({ kind: 'cash', id, what: name, detail })
    }
  }
  return found
}

/** What was put in, by the two ledgers. */
export function compareCash(ledgers: readonly LedgerSide[]): Difference[] {
  const [one, other] = ledgers
  if (one === undefined || other === undefined) return []
  const text = ({ account }: LedgerSide) =>
    account.cash
      .map(({ currency, amount }) => `${amount} ${currency}`)
      .sort()
      .join(', ')
  if (text(one) === text(other)) return []
  const detail = `put in: ${text(one)} by the ${one.plane} plane, ${text(other)} by the ${other.plane} plane`
  return [{ kind: 'cash', id: 'account', what: 'put in', detail }]
}

const nothing: Readonly<Held> = { quantity: 0n, cashFlow: 0n }

function holdingsOf({ positions }: OwnedAccount): Map<string, Held> {
  const held = new Map<string, Held>()
  for (const { instrument, parts } of positions) {
    for (const { quantity, cashFlow } of parts)
      add(held, instrument, { quantity: unitsOf(quantity) ?? 0n, cashFlow: moneyUnits(unitsOf(cashFlow) ?? 0n) })
  }
  return held
}

function add(held: Map<string, Held>, instrument: string, { quantity, cashFlow }: Readonly<Held>): void {
  const sum = held.get(instrument)
  if (sum === undefined) return void held.set(instrument, { quantity, cashFlow })
  sum.quantity += quantity
  sum.cashFlow += cashFlow
}

/** What a fill changes; undefined when its amounts are no decimals. */
function changeBy({ side, quantity, price, fee }: FoundFill, contractSize: bigint): Held | undefined {
  const [units, priceUnits, feeUnits] = [unitsOf(quantity), unitsOf(price), unitsOf(fee)]
  if (units === undefined || priceUnits === undefined || feeUnits === undefined) return undefined
  const signed = side === 'BUY' ? units : -units
  return { quantity: signed, cashFlow: -costOf(signed, priceUnits, contractSize) - moneyUnits(feeUnits) }
}
