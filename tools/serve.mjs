// `npx nx serve <app>`: bundles the app when one of its inputs has changed, then runs it in this process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureInstalled, fail, root } from './install.mjs'

ensureInstalled()
const { appNames, buildApp, isStale } = await import('./build.mjs')
const [app, ...args] = process.argv.slice(2)
if (!appNames().includes(app)) fail(`Expected one of ${appNames().join(', ')}, was ${app ?? 'nothing'}.`)
if (isStale(app)) await buildApp(app)
const main = join(root, 'dist/apps', app, 'main.js')
process.argv = [process.argv[0], main, ...args]
await import(pathToFileURL(main).href)
