import { field, stateSchema, type Cross, type EventDraft, type Fill, type StateOf } from '@triplane/contracts'
import { hashId } from '@triplane/kernel'

/** A saved booking record. */
export const bookingRecordSchema = stateSchema({
  fills: field.count,
  fillChain: field.text,
  crosses: field.count,
  crossChain: field.text,
})
export type BookingRecordSnapshot = StateOf<typeof bookingRecordSchema>

/** The record of a ledger that has booked nothing. */
export const nothingRecorded: BookingRecordSnapshot = { fills: 0, fillChain: '0', crosses: 0, crossChain: '0' }

/**
 * Counts what a ledger has booked in a run, and chains a hash over all that each booking said of money, quantity and owners. So
 * ledgers that booked the same in the same order have the same record, and others do not. Fills and crosses are apart: the
 * planes see them in different orders.
 */
export class BookingRecord {
  #state: BookingRecordSnapshot = nothingRecorded

  restore({ fills, fillChain, crosses, crossChain }: BookingRecordSnapshot): void {
    this.#state = { fills, fillChain, crosses, crossChain }
  }

  addFill({ fillId, instrument, side, quantity, price, fee, feeCurrency, strategy, shares }: EventDraft<Fill>): void {
    const { fills, fillChain } = this.#state
    const said = [fillId, instrument, side, quantity, price, fee, feeCurrency, strategy, ...sharesSaid(shares ?? [])]
    this.#state = { ...this.#state, fills: fills + 1, fillChain: chained(fillChain, said) }
  }

  addCross({ crossId, instrument, price, shares }: EventDraft<Cross>): void {
    const { crosses, crossChain } = this.#state
    const said = [crossId, instrument, price, ...sharesSaid(shares)]
    this.#state = { ...this.#state, crosses: crosses + 1, crossChain: chained(crossChain, said) }
  }

  snapshot(): BookingRecordSnapshot {
    return this.#state
  }
}

function sharesSaid(shares: NonNullable<Fill['shares']>): readonly string[] {
  return shares.flatMap(({ strategy, quantity }) => [strategy, quantity])
}

function chained(chain: string, said: readonly (string | undefined)[]): string {
  return hashId(JSON.stringify([chain, ...said]))
}
