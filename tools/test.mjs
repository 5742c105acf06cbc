// `npm test`: installs what is missing, then runs every suite that can run here. Arguments go to Jest.
import { ensureInstalled, root } from './install.mjs'

ensureInstalled()
process.chdir(root)
const { run } = await import('jest')
await run(process.argv.slice(2))
