import { instrumentId } from '@triplane/contracts'
import { defineInstrumentCheck } from '../define-check.ts'
import { enlarges, worstPositionUsd } from '../exposure.ts'

export const noMark = defineInstrumentCheck({
  code: 'no_mark',
  doc: 'Refuses what would open while it, or anything that is held or may come to be held, was never valued. Closing passes.',
  refuse({ intent, quantityUnits }, instrument, { instruments }) {
    if (!enlarges(instrument, intent.side, quantityUnits)) return undefined
    const unvalued = Number.isNaN(worstPositionUsd(instrument, intent.side, quantityUnits))
      ? instrument
      : instruments.find((each) => Number.isNaN(worstPositionUsd(each, 'BUY', 0n)))
    return unvalued && { instrument: instrumentId(unvalued.terms.instrument) }
  },
})
