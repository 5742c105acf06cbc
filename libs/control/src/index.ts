// Orders of operators
export { createControl, type Control, type ControlOptions } from './control.ts'
export type { AuditEntry, OperatorOrder, StandingOrder } from './operator-order.ts'
export { createHaltFile, type HaltFile } from './halt-file.ts'
// Who may give them
export {
  authenticate,
  hashToken,
  parseOperatorTokens,
  readOperatorTokens,
  type OperatorToken,
} from './operator-tokens.ts'
export { auditKeyFile, operatorTokenFile, type SecretFile } from './operator-files.ts'
export { controlRefusals, type ControlRefusal, type WrongTokenLimit } from './operator-gate.ts'
// Profiles of a live process
export { profileRoute } from './profile-route.ts'
// Faults
export { ControlError, type ControlErrorCode } from './control-error.ts'
