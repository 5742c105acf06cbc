import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goldenFiles } from './events-document.ts'
import { generatedFiles, generatedFolders } from './generated-files.ts'
import { goldenWireFiles, wireBreaks } from './wire-document.ts'

/** `npm run generate`: writes the generated files, and deletes obsolete ones. */
const root = join(import.meta.dirname, '..')
const layouts = join(root, 'docs/wire.json')
const breaks = existsSync(layouts) ? wireBreaks(readFileSync(layouts, 'utf8')) : []
if (breaks.length > 0) throw new Error(`Expected every field of the wire where it was: ${breaks.join('; ')}`)
const files = generatedFiles(root)
for (const folder of generatedFolders) {
  mkdirSync(join(root, folder), { recursive: true })
  for (const name of readdirSync(join(root, folder))) {
    if (!files.has(`${folder}/${name}`)) rmSync(join(root, folder, name))
  }
}
for (const [path, content] of files) writeFileSync(join(root, path), content)
// The first wire form of an event stays unchanged.
for (const [path, line] of [...goldenFiles(), ...goldenWireFiles()]) {
  if (!existsSync(join(root, path))) writeFileSync(join(root, path), line)
}
process.stdout.write(`${files.size} files written\n`)
