// Configuration
export { composeConfig, loadConfig, secretVariableNames, variableNames, type ConfigSources } from './load-config.ts'
export { ConfigError, type Violation } from './config-error.ts'
// What runs
export { buildInfo } from './build-info.ts'
// Instruments
export { AmbiguousSymbolError, instrumentsOf, loadInstruments } from './instruments.ts'
// Secrets
export { isSecretName, maskSecrets } from './mask-secrets.ts'
export { secret } from './secrets.ts'
