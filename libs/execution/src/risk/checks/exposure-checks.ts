import { worstPositionUsd } from '../exposure.ts'
import { instrumentCheck, type RiskCheck } from '../risk-check.ts'

/**
 * Denies an order that could take the position in its instrument beyond `maxPositionUsd` once it and the working orders
 * of its side fill. An order that does not enlarge the worst case passes.
 */
export function maxPositionCheck({ maxPositionUsd }: { readonly maxPositionUsd: number }): RiskCheck {
  return instrumentCheck('max_position', ({ intent, quantityUnits }, instrument) => {
    const positionUsd = worstPositionUsd(instrument, intent.side, quantityUnits)
    return positionUsd > maxPositionUsd && positionUsd > worstPositionUsd(instrument, intent.side, 0n)
      ? { code: 'max_position', positionUsd, limitUsd: maxPositionUsd }
      : undefined
  })
}

/** The same over all instruments: positions with working orders reserved, against `maxGrossUsd`. */
export function grossExposureCheck({ maxGrossUsd }: { readonly maxGrossUsd: number }): RiskCheck {
  return instrumentCheck('gross_exposure', ({ intent, quantityUnits }, instrument, { instruments }) => {
    const addedUsd =
      worstPositionUsd(instrument, intent.side, quantityUnits) - worstPositionUsd(instrument, intent.side, 0n)
    if (addedUsd <= 0) return undefined
    let grossUsd = addedUsd
    for (const each of instruments) grossUsd += worstPositionUsd(each, 'BUY', 0n)
    return grossUsd > maxGrossUsd ? { code: 'gross_exposure', grossUsd, limitUsd: maxGrossUsd } : undefined
  })
}
