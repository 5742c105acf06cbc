import { defineInstrumentCheck } from '../define-check.ts'
import { enlarges, worstPositionUsd } from '../exposure.ts'

export const grossExposure = defineInstrumentCheck({
  code: 'gross_exposure',
  doc: 'The same over all instruments: refuses what could take the positions, with working orders reserved, beyond the limit.',
  limits: { maxGrossUsd: 'largest sum of absolute positions, USD' },
  limitsHoldings: true,
  refuse({ intent, quantityUnits }, instrument, { instruments }, { maxGrossUsd }) {
    if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
    let grossUsd =
      worstPositionUsd(instrument, intent.side, quantityUnits) - worstPositionUsd(instrument, intent.side, 0n)
    for (const each of instruments) grossUsd += worstPositionUsd(each, 'BUY', 0n)
    return grossUsd <= maxGrossUsd ? undefined : { grossUsd, limitUsd: maxGrossUsd }
  },
})
