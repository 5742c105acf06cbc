import { defineInstrumentCheck } from '../define-check.ts'
import { enlarges, worstPositionUsd } from '../exposure.ts'

export const maxPosition = defineInstrumentCheck({
  code: 'max_position',
  doc: 'Refuses an order that could take the position in its instrument beyond the limit once it and the working orders of its side fill. An order that does not enlarge the worst case passes.',
  limits: { maxPositionUsd: 'largest position in one instrument, USD' },
  limitsHoldings: true,
  refuse({ intent, quantityUnits }, instrument, _, { maxPositionUsd }) {
    if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
    const positionUsd = worstPositionUsd(instrument, intent.side, quantityUnits)
    return positionUsd <= maxPositionUsd ? undefined : { positionUsd, limitUsd: maxPositionUsd }
  },
})
