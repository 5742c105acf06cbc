import { defineCheck } from '../define-check.ts'

export const killSwitch = defineCheck({
  code: 'kill_switch',
  doc: 'Refuses everything while any kill switch is active.',
  refuse: (_, { activeSwitch }) => (activeSwitch ? { switchType: activeSwitch } : undefined),
})
