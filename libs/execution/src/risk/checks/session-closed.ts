import { defineInstrumentCheck } from '../define-check.ts'

export const sessionClosed = defineInstrumentCheck({
  code: 'session_closed',
  doc: "Refuses outside the instrument's session, and from its expiry on.",
  refuse: (_, instrument, { nowUs }) => (instrument.isSessionOpen(nowUs) ? undefined : { nowUs }),
})
