import { instrumentCheck, type RiskCheck } from '../risk-check.ts'

/** Denies an instrument that is not in the instruments file. */
export const unknownInstrumentCheck = instrumentCheck('unknown_instrument', () => undefined)

/** Denies while the market is finer than the steps that are known of the instrument. */
export const stepsUnknownCheck = instrumentCheck('steps_unknown', (_, { areStepsKnown, terms }) => {
  const { tickSize, lotSize } = terms.steps
  return areStepsKnown ? undefined : { code: 'steps_unknown', tickSize, lotSize }
})

/** Denies outside the instrument's session. */
export const sessionCheck = instrumentCheck('session_closed', (_, instrument, { nowUs }) =>
  instrument.isSessionOpen(nowUs) ? undefined : { code: 'session_closed', nowUs },
)

/** Denies when the best prices are older than `maxMarketAgeUs`, or when the data plane calls the instrument stale or late. */
export function staleMarketCheck({ maxMarketAgeUs }: { readonly maxMarketAgeUs: number }): RiskCheck {
  return instrumentCheck('stale_market', (_, instrument, { nowUs }) => {
    const ageUs = nowUs - instrument.lastMarketUs
    return !instrument.isStale && !instrument.isLate && ageUs <= maxMarketAgeUs
      ? undefined
      : { code: 'stale_market', ageUs, limitUs: maxMarketAgeUs }
  })
}

/** Denies while the book cannot be trusted or a best price is missing. */
export const invalidBookCheck = instrumentCheck('invalid_book', (_, { isBookValid, bid, ask }) =>
  isBookValid && bid > 0 && ask > 0 ? undefined : { code: 'invalid_book', bid, ask },
)
