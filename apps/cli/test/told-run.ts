import { instrumentId, type Fill, type OrderEvent, type OrderIntent } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { formatFixed } from '@triplane/kernel'
import { createLedger } from '@triplane/ledger'
import { aFill, anInstrument, anOrderEvent, anOrderIntent } from '@triplane/testing'
import type { Sources } from '../src/reconcile/sources.ts'

/** One order of a told run: what was wanted, and the fills that it had. */
export interface ToldOrder {
  readonly at: 0 | 1
  readonly side: 'BUY' | 'SELL'
  /** Lots of each of its fills. */
  readonly lots: readonly number[]
  readonly priceUnits: number
  readonly feeUnits: number
}

const instruments = [
  anInstrument({ lotSize: '0.001' }),
  anInstrument({ symbol: 'ETH/USDT', kind: 'linear_perpetual', contractSize: '0.01', lotSize: '1' }),
] as const

/** A run of which every source tells the same; the ledgers, made by the real one, are as of the first `booked` fills. */
export function toldRun(orders: readonly ToldOrder[], booked = Infinity): Required<Sources> {
  const intents: OrderIntent[] = []
  const states: OrderEvent[] = []
  const fills: Fill[] = []
  let seq = 0
  orders.forEach(({ at, side, lots, priceUnits, feeUnits }, i) => {
    const { [at]: terms } = instruments
    const instrument = instrumentId(terms)
    const quantityOf = (units: number) => formatFixed(BigInt(units), at === 0 ? 3 : 0)
    const quantity = quantityOf(lots.reduce((sum, units) => sum + units, 0))
    const common = { intentId: `OFI-${i}`, strategy: 'OFI', instrument, side }
    intents.push(anOrderIntent({ ...common, seq: i + 1, quantity, validUntilUs: 5 }))
    const enter = (state: OrderEvent['state'], filled: number) =>
      states.push(
        anOrderEvent({
          ...common,
          ...{ seq: ++seq, state, quantity, requestedQuantity: quantity, filledQuantity: quantityOf(filled) },
        }),
      )
    enter('received', 0)
    let filled = 0
    lots.forEach((units, n) => {
      filled += units
      const price = formatFixed(BigInt(priceUnits + n), 4)
      const fee = formatFixed(BigInt(feeUnits), 8)
      fills.push(aFill({ ...common, seq: ++seq, fillId: `OFI-${i}-${n}`, quantity: quantityOf(units), price, fee }))
      enter(n === lots.length - 1 ? 'filled' : 'partially_filled', filled)
    })
  })
  const last = new Map(states.map((state) => [state.intentId, state]))
  const ledgers = (['order', 'strategy'] as const).map((plane) => {
    const ledger = createLedger({ startingCashUsd: '100000', instruments, rates: configuredRates({ USDT: '1' }) })
    for (const fill of fills.slice(0, booked)) ledger.book(fill)
    return { plane, account: ledger.owned(), lastFillId: ledger.lastFillId, marketUs: 9 }
  })
  const kept = <Row>(rows: readonly Row[]) => ({ rows, isWhole: true })
  return {
    topics: { intents: kept(intents), orders: kept(states), fills: kept(fills), opening: undefined },
    database: { journal: states, orders: [...last.values()], fills, opening: undefined },
    ledgers,
  }
}
