import { enlarges, worstPositionUsd } from '../exposure.ts'
import { instrumentCheck, type RiskCheck } from '../risk-check.ts'

/** Denies what would open while it, or anything that is held or may come to be held, was never valued. Closing passes. */
export const noMarkCheck = instrumentCheck('no_mark', ({ intent, quantityUnits }, instrument, { instruments }) => {
  if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
  const unvalued = Number.isNaN(worstPositionUsd(instrument, intent.side, quantityUnits))
    ? instrument
    : instruments.find((each) => Number.isNaN(worstPositionUsd(each, 'BUY', 0n)))
  return unvalued && { code: 'no_mark', symbol: unvalued.terms.instrument.symbol }
})

/**
 * Denies an order that could take the position in its instrument beyond `maxPositionUsd` once it and the working orders
 * of its side fill. An order that does not enlarge the worst case passes.
 */
export function maxPositionCheck({ maxPositionUsd }: { readonly maxPositionUsd: number }): RiskCheck {
  return instrumentCheck('max_position', ({ intent, quantityUnits }, instrument) => {
    if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
    const positionUsd = worstPositionUsd(instrument, intent.side, quantityUnits)
    return positionUsd <= maxPositionUsd ? undefined : { code: 'max_position', positionUsd, limitUsd: maxPositionUsd }
  })
}

/** The same over all instruments: positions with working orders reserved, against `maxGrossUsd`. */
export function grossExposureCheck({ maxGrossUsd }: { readonly maxGrossUsd: number }): RiskCheck {
  return instrumentCheck('gross_exposure', ({ intent, quantityUnits }, instrument, { instruments }) => {
    if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
    let grossUsd =
      worstPositionUsd(instrument, intent.side, quantityUnits) - worstPositionUsd(instrument, intent.side, 0n)
    for (const each of instruments) grossUsd += worstPositionUsd(each, 'BUY', 0n)
    return grossUsd <= maxGrossUsd ? undefined : { code: 'gross_exposure', grossUsd, limitUsd: maxGrossUsd }
  })
}
