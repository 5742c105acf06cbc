import { referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'
import { midPrice } from '../exposure.ts'

export const priceCollar = defineInstrumentCheck({
  code: 'price_collar',
  doc: 'Refuses a price further from the mid than the limit, on either side; a market order is judged by the touch it would pay.',
  limits: { priceCollarBps: 'largest distance from the mid, basis points' },
  refuse(candidate, instrument, _, { priceCollarBps }) {
    const mid = midPrice(instrument)
    const distanceBps = (Math.abs(referencePrice(candidate, instrument) - mid) / mid) * 10_000
    return distanceBps <= priceCollarBps ? undefined : { distanceBps, limitBps: priceCollarBps }
  },
})
