// `npm run scenarios`: plays every scenario with three seeds and writes the table into the README.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, fail, root } from './install.mjs'

ensureInstalled()
const { register } = await import('tsx/esm/api')
register()
const { scenarioTable, TABLE_END, TABLE_START } = await import('../apps/standalone/test/scenario-table.ts')

const readme = join(root, 'README.md')
const text = readFileSync(readme, 'utf8')
const start = text.indexOf(TABLE_START)
const end = text.indexOf(TABLE_END)
if (start < 0 || end < start) fail(`Expected ${TABLE_START} and ${TABLE_END} in README.md, found no such pair.`)

const folder = mkdtempSync(join(tmpdir(), 'triplane-scenarios-'))
try {
  const table = await scenarioTable(folder)
  writeFileSync(readme, `${text.slice(0, start + TABLE_START.length)}\n\n${table}\n\n${text.slice(end)}`)
  console.log(table)
} finally {
  rmSync(folder, { recursive: true })
}
