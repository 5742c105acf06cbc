import { defineInstrumentCheck } from '../define-check.ts'

export const stepsUnknown = defineInstrumentCheck({
  code: 'steps_unknown',
  doc: 'Refuses while the market is finer than the steps that are known of the instrument.',
  refuse(_, { areStepsKnown, terms }) {
    const { tickSize, lotSize } = terms.steps
    return areStepsKnown ? undefined : { tickSize, lotSize }
  },
})
