import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'

const script = `
  import { createLogger } from '@triplane/logging'
  createLogger({ service: 'bundled', destination: 'stdout' }).info('written by a bundle', { token: 'abc' })
`

it('writes lines from a bundle, which has no worker files', async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: join(__dirname, '..') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const run = spawnSync(process.execPath, ['-'], { input: outputFiles[0]?.text ?? '', encoding: 'utf8', cwd: '/' })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toMatchObject({
    level: 'INFO',
    service: 'bundled',
    message: 'written by a bundle',
    token: '***',
  })
})
