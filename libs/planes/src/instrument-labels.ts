import { instrumentId, type Instrument, type InstrumentId } from '@triplane/contracts'

/** The labels that identify an instrument, in every family with `symbol`. */
export interface MarketLabels {
  readonly exchange: string
  readonly symbol: string
}

/** The labels of the configured instruments, in their order. */
export type InstrumentLabels = ReadonlyMap<InstrumentId, MarketLabels>

/** The labels of an instrument that is not configured: label values never come from the wire. */
const NOT_CONFIGURED: MarketLabels = Object.freeze({ exchange: 'unknown', symbol: 'unknown' })

/** Gives each configured instrument its labels. */
export function instrumentLabels(instruments: readonly Instrument[]): InstrumentLabels {
  return new Map(
    instruments.map((instrument) => {
      const { exchange, symbol } = instrument
      return [instrumentId(instrument), Object.freeze({ exchange, symbol })]
    }),
  )
}

/** The labels of `id`; `unknown` for both when it is not configured. */
export function labelsOf(labels: InstrumentLabels, id: InstrumentId): MarketLabels {
  return labels.get(id) ?? NOT_CONFIGURED
}
