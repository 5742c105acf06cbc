// Orders of operators
export { createControl, type Control } from './control.ts'
export type { OpeningOrder, OperatorOrder, Tuning, TuningOrder } from './operator-order.ts'
export { createHaltFile } from './halt-file.ts'
export type { RunDesk } from './operator-desk.ts'
// Refused records, once more
export type { RedriveDesk, RedrivenRecord } from './redrive-order.ts'
export { redriveRoute } from './redrive-route.ts'
// What an account owns, as a document
export { isSameAccount, openingOf, readOwned, sealOwned, type OwnedDocument } from './owned-document.ts'
// Who may give them
export { hashToken, parseOperatorTokens, readOperatorTokens } from './operator-tokens.ts'
export { auditKeyFile, operatorTokenFile, type SecretFile } from './operator-files.ts'
export { controlRefusals, type ControlRefusal } from './operator-gate.ts'
export { hostGuard } from './host-guard.ts'
export { RefusedAttempts, type RefusedInMinute } from './refused-attempts.ts'
// Going on without a record
export { skipRoute, type SkipOrder } from './skip-route.ts'
// Profiles of a live process
export { profileRoute } from './profile-route.ts'
// Faults
export { ControlError } from './control-error.ts'
