// `npm run bench:all`: every figure of the README, and the baseline. Exits with 1 when a goal is missed.
import { spawnSync } from 'node:child_process'

const scripts = [['bench'], ['bench:stack'], ['bench:freshness'], ['bench', '--', '--save-baseline']]
let missed = false
for (const script of scripts) {
  const { status } = spawnSync('npm', ['run', ...script], { stdio: 'inherit', shell: process.platform === 'win32' })
  missed ||= status !== 0
}
process.exit(missed ? 1 : 0)
