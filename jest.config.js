/** One configuration for every suite. */
const typescript = { parser: { syntax: 'typescript' }, target: 'es2022' }

export default {
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools', '<rootDir>/e2e', '<rootDir>/bench'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.m?[jt]s$': ['@swc/jest', { jsc: typescript, module: { type: 'commonjs' }, swcrc: false }],
  },
  // Packages that are ES modules only, or that import() others, which Jest cannot run as they are.
  transformIgnorePatterns: [
    '/node_modules/(?!(@noble|trading-signals|hyparquet-writer|marked|d3-[a-z-]+|@opentelemetry/(exporter-metrics-otlp-http|otlp-exporter-base))/)',
  ],
  setupFiles: ['<rootDir>/tools/seed-properties.mjs'],
  reporters: ['default', '<rootDir>/tools/not-run-reporter.mjs'],
  // Tests assert no times; this only ends one that hangs. Machines are small and busy.
  testTimeout: 60_000,
  watchman: false,
  maxWorkers: 2,
}
