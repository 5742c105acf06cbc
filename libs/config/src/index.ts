// Configuration
export { composeConfig, loadConfig, secretVariableNames, variableNames } from './load-config.ts'
export { ConfigError, type Violation } from './config-error.ts'
// Build
export { buildInfo } from './build-info.ts'
// Instruments
export { instrumentsOf, loadInstruments } from './instruments.ts'
// Secrets
export { maskSecrets } from './mask-secrets.ts'
export { secret } from './secrets.ts'
