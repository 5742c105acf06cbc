import { readdirSync, readFileSync } from 'node:fs'
import nx from '@nx/eslint-plugin'
import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/test/**/*.ts']
const domain = ['libs/{market-data,venues,ledger,strategy,execution}/src/**/*.ts', 'tools/lint-fixtures/domain/**/*.ts']
const cores = ['libs/*-core/src/**/*.ts', 'tools/lint-fixtures/core/**/*.ts']
const pure = ['libs/{kernel,contracts,settings}/src/**/*.ts', ...domain, ...cores]

/**
 * Who may import whom: the table of docs/architecture.md, section 3. Every line that matches a project's tags must hold.
 * `more` names what may be imported besides, by everyone; `allow` paths that may be.
 */
function boundaries({ more = [], allow = [] } = {}) {
  const base = ['type:kernel', 'type:contract']
  const adapters = [...base, 'type:platform', 'type:domain', 'type:venue']
  const planes = [...adapters, 'type:adapter', 'type:core']
  const mayImport = {
    'type:kernel': [],
    'type:contract': ['type:kernel'],
    'type:domain': [...base, 'lib:instruments', 'lib:ledger'],
    'type:venue': [...base, 'lib:market-data'],
    'type:core': [...base, 'type:domain', 'type:venue'],
    'type:platform': [...base, 'type:platform'],
    'type:adapter': adapters,
    'lib:feeds': [...base, 'type:platform', 'lib:market-data', 'type:venue'],
    'lib:brokers': [...base, 'type:platform', 'lib:execution'],
    'type:plane': planes,
    'type:app': [...planes, 'type:plane'],
    'type:testing': [...adapters, 'type:adapter'],
  }
  const depConstraints = Object.entries(mayImport).map(([sourceTag, tags]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [...tags, ...more],
  }))
  // The builders of libs/testing import the libs whose tests import them.
  const ignoredCircularDependencies = [['@triplane/testing', '!@triplane/testing']]
  const options = { depConstraints, ignoredCircularDependencies, allow }
  return { '@nx/enforce-module-boundaries': ['error', options] }
}

const exportAll = { selector: 'ExportAllDeclaration', message: 'Name what is exported.' }

const venueFolders = readdirSync(new URL('libs/venues/src', import.meta.url), { withFileTypes: true })
  // The simulated market is ours: its name says nothing of a venue.
  .filter((entry) => entry.isDirectory() && entry.name !== 'simulated')
  .map(({ name }) => name)
const venueName = `/${venueFolders.join('|')}/i`
const venueByName = {
  selector: `:matches(Literal[value=${venueName}], TemplateElement[value.raw=${venueName}], Identifier[name=${venueName}])`,
  message: 'Expected a venue to be named in its folder, the registry, instruments, docs and tests only.',
}

const strategyFiles = new URL('libs/strategy/src/strategies/', import.meta.url)
const strategyNames = readdirSync(strategyFiles)
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => /^ {2}name: '([A-Z0-9]+)',$/m.exec(readFileSync(new URL(file, strategyFiles), 'utf8'))?.[1] ?? [])
const strategyByName = {
  selector: `:matches(Literal[value=/^(${strategyNames.join('|')})$/], TemplateElement[value.raw=/^(${strategyNames.join('|')})-/])`,
  message: 'Expected a strategy to be named in its file, the registry, docs and tests only.',
}

const approvedByHand = {
  selector: ':matches(TSAsExpression, TSTypeAssertion) > TSTypeReference[typeName.name="Approved"]',
  message: 'Only the risk gate makes an Approved order.',
}

const unsteadyMaths = 'Its last bits differ between Node versions.'
const wallClock = 'Time is in the event.'

/** What a pure, deterministic core may not say. */
const impureSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: wallClock },
  { selector: 'CallExpression[callee.name="Date"]', message: wallClock },
  {
    selector: 'BinaryExpression[operator="**"]:not([left.bigint]):not([right.raw=/^[0-9]+$/])',
    message: `Expected a whole number as the exponent. ${unsteadyMaths}`,
  },
  {
    selector: 'AssignmentExpression[operator="**="]:not([right.raw=/^[0-9]+n?$/])',
    message: `Expected a whole number as the exponent. ${unsteadyMaths}`,
  },
]
const impureProperties = [
  { object: 'Date', property: 'now', message: wallClock },
  { object: 'Math', property: 'random', message: 'Randomness is seeded: see libs/kernel.' },
  ...['pow', 'sin', 'cos', 'tan'].map((property) => ({ object: 'Math', property, message: unsteadyMaths })),
]
const impureGlobals = [
  ...['process', 'performance', 'crypto', 'require', 'fetch', 'WebSocket'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
].map((name) => ({ name, message: 'A core takes events and gives events; the rest is an adapter.' }))

export default tseslint.config(
  { ignores: ['**/dist/', 'var/', 'coverage/', '.nx/', 'tools/lint-fixtures/', '**/assembly/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...boundaries(),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A port is asynchronous for the adapter that needs it; the one in memory has nothing to await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Messages show values of any type: "Expected X, was Y".
      '@typescript-eslint/no-base-to-string': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', 500],
      'no-console': 'error',
      'no-restricted-syntax': ['error', exportAll, approvedByHand, venueByName, strategyByName],
    },
  },
  {
    files: pure,
    // The one clock, for the edges.
    ignores: [...tests, 'libs/kernel/src/time.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-syntax': ['error', exportAll, approvedByHand, venueByName, strategyByName, ...impureSyntax],
    },
  },
  {
    files: [...domain, ...cores],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\.|@triplane/|zod$)', message: 'A pure lib imports libs of this repository, and zod.' },
          ],
        },
      ],
    },
  },
  {
    files: ['libs/execution/src/risk/risk-gate.ts'],
    rules: { 'no-restricted-syntax': ['error', exportAll, venueByName, strategyByName, ...impureSyntax] },
  },
  {
    files: ['libs/venues/src/{registry.ts,*/**/*.ts}'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', exportAll, approvedByHand, ...impureSyntax] },
  },
  {
    // Strategies themselves, and the examples of events.
    files: ['libs/strategy/src/strategies/*.ts', 'libs/contracts/src/events/*.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', exportAll, approvedByHand, venueByName, ...impureSyntax] },
  },
  {
    files: tests,
    rules: {
      // A fake venue, a tape: they stay beside what they are for, and a test of what is above may use them.
      'no-restricted-syntax': ['error', exportAll, approvedByHand],
      ...boundaries({ more: ['type:testing'], allow: ['^(\\.\\./)+(libs/)?[a-z-]+/test/[a-z-]+\\.ts$'] }),
      'max-lines': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['{tools,bench,examples}/**'],
    ignores: ['tools/lint-fixtures/**'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': ['error', exportAll, approvedByHand] },
  },
)
