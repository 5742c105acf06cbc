// `node tools/with-node.mjs <major> <arguments of node>`: runs another Node version, downloaded once from the npm registry to
// var/node. Ends with that Node's exit code, or with 75 and one line when the download fails.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

const UNAVAILABLE = 75

/** The package with the binary itself; the package `node` would need an install script. */
function packageName() {
  if (process.platform === 'darwin') return `node-bin-darwin-${process.arch}`
  return `node-${process.platform}-${process.arch}`
}

const [major, ...args] = process.argv.slice(2)
if (!/^\d+$/.test(major ?? '')) {
  console.error('triplane: Expected `with-node.mjs <major> <arguments of node>`, like `with-node.mjs 24 --version`.')
  process.exit(2)
}
const folder = join(root, 'var/node', major)
const binary = join(folder, 'node_modules', packageName(), 'bin/node')
if (!existsSync(binary)) {
  mkdirSync(folder, { recursive: true })
  const npmArgs = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', [...npmArgs, `${packageName()}@${major}`])
}
if (!existsSync(binary)) {
  console.error(`triplane: Node ${major} cannot be fetched (${packageName()}@${major} from the npm registry).`)
  process.exit(UNAVAILABLE)
}
const run = spawnSync(binary, args, { stdio: 'inherit' })
process.exit(run.status ?? 1)
