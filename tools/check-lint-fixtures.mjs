// Lints the deliberately illegal files of tools/lint-fixtures and compares the reports with the expected ones, so that a rule
// which has silently stopped working fails `npm run lint`.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { ESLint } from 'eslint'
import { root } from './install.mjs'

/** `<line> <rule>` for each rule that a fixture's comments expect (`expect:` on the line itself, `expect-next:` above it). */
function expectedIn(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const match = /\/\/ expect(-next)?: (\S+)$/.exec(text)
      return match ? [`${index + (match[1] ? 2 : 1)} ${match[2]}`] : []
    })
}

const eslint = new ESLint({ cwd: root, ignore: false })
const results = await eslint.lintFiles(['tools/lint-fixtures/**/*.ts'])
const wrong = results.flatMap(({ filePath, messages }) => {
  const file = relative(root, filePath)
  const expected = new Set(expectedIn(filePath))
  const flagged = new Set(messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`))
  return [
    ...[...expected].filter((mark) => !flagged.has(mark)).map((mark) => `${file}:${mark} was not flagged`),
    ...[...flagged].filter((mark) => !expected.has(mark)).map((mark) => `${file}:${mark} was flagged unexpectedly`),
  ]
})

for (const line of wrong) console.error(line)
const marks = results.reduce((sum, { filePath }) => sum + expectedIn(filePath).length, 0)
console.log(`lint fixtures: ${marks} violations expected, ${wrong.length} differences`)
if (wrong.length > 0 || marks === 0) process.exit(1)
