import { quantityNumber, worthUsd } from '@triplane/instruments'
import { referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'

export const insufficientHoldings = defineInstrumentCheck({
  code: 'insufficient_holdings',
  doc: 'Refuses, where the account has no margin, to sell more than is held less working sells, and to buy for more than the cash that working buys leave.',
  limitsHoldings: true,
  refuse(candidate, instrument, account) {
    const { terms, isCashTraded, positionUnits, workingSellUnits } = instrument
    if (!isCashTraded) return undefined
    const { base } = terms.instrument
    if (candidate.intent.side === 'SELL') {
      const heldUnits = positionUnits - workingSellUnits
      if (candidate.quantityUnits <= heldUnits) return undefined
      const available = quantityNumber(heldUnits > 0n ? heldUnits : 0n, terms)
      return { currency: base, needed: candidate.quantity, available }
    }
    // Cash of every quote currency counts, at its rate to US dollars; the fee is taken from the bought quantity.
    const needed = worthUsd(candidate.quantityUnits, referencePrice(candidate, instrument), terms)
    const available = account.freeCashUsd()
    return needed <= available ? undefined : { currency: 'USD', needed, available }
  },
})
