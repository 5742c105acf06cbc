// `npm test`: installs missing packages, then runs every suite that can run here. Arguments go to Jest.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

/** Suites that start a stack of servers and processes: run one by one, or they starve each other. */
const STACKS = ['e2e/', 'tools/compose', 'messaging/test/kafka', 'cli/test/servers']

const jest = (...args) =>
  spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], { cwd: root, stdio: 'inherit' })
    .status ?? 1

ensureInstalled()
const asked = process.argv.slice(2)
if (asked.length > 0) process.exit(jest(...asked))
const alone = jest(...STACKS.flatMap((path) => ['--testPathIgnorePatterns', path]))
// A suite that fails halfway may leave a client that tries to reach its server forever.
const stacks = jest('--runInBand', '--forceExit', ...STACKS)
process.exit(alone || stacks)
