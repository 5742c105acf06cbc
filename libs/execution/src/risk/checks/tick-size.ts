import { defineInstrumentCheck } from '../define-check.ts'

export const tickSize = defineInstrumentCheck({
  code: 'tick_size',
  doc: 'Refuses a limit price that is not a positive multiple of the tick size, and a limit order without one.',
  refuse({ intent, limitUnits }, { terms }) {
    if (intent.orderType === 'MARKET' && intent.limitPrice === undefined) return undefined
    return limitUnits > 0n && limitUnits % terms.tickUnits === 0n
      ? undefined
      : { limitPrice: intent.limitPrice ?? '', tickSize: terms.steps.tickSize }
  },
})
