import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWithDocker, images } from '@triplane/testing/containers'
import { alertRules } from '../src/alert-rules.ts'
import { generateRuleFiles } from '../src/rule-files.ts'
import { exampleThresholds } from './example-thresholds.ts'
import { promtoolFiles } from './promtool-tests.ts'
import { ruleCases } from './rule-cases/all-cases.ts'

const FOLDER = '/rules'

describeWithDocker(['prometheus'], 'promtool on the rules', () => {
  it('finds nothing wrong, and every alert fires when it should and only then', () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-rules-'))
    try {
      chmodSync(folder, 0o755)
      const options = { thresholds: exampleThresholds }
      const rules = generateRuleFiles(options)
      const scaled = generateRuleFiles({ ...options, scale: 60 })
      const tests = promtoolFiles(ruleCases, alertRules(options), FOLDER)
      const files = [...rules, ...scaled.map(({ name, content }) => ({ name: `scaled-${name}`, content })), ...tests]
      for (const { name, content } of files) writeFileSync(join(folder, name), content, { mode: 0o644 })

      const { status, stdout, stderr } = promtool(folder, [
        ['check', 'rules', '--lint-fatal', ...rules.flatMap(({ name }) => [name, `scaled-${name}`])],
        ['test', 'rules', ...tests.map(({ name }) => name)],
      ])
      expect(`${stdout}${stderr}`).not.toContain('FAILED')
      expect(status).toBe(0)
      expect(stdout.match(/SUCCESS/g)).toHaveLength(2 * rules.length + tests.length)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 600_000)
})

/** Runs several promtool commands in sequence, in one container, in a folder that it may read. */
function promtool(folder: string, commands: readonly (readonly string[])[]) {
  const script = commands.map((words) => `promtool ${words.join(' ')}`).join(' && ')
  const run = [
    'run',
    '--rm',
    '--network=none',
    '--tmpfs=/tmp',
    '--volume',
    `${folder}:${FOLDER}:ro`,
    '--workdir',
    FOLDER,
  ]
  return spawnSync('docker', [...run, '--entrypoint', '/bin/sh', images.prometheus, '-c', script], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
}
