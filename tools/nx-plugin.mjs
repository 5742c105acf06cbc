import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Settings that every project's result depends on. */
const settings = ['{workspaceRoot}/package-lock.json', '{workspaceRoot}/tsconfig.json']

/**
 * Infers the targets of a project from its folder, so that no project needs a configuration file: every folder with a
 * package.json has `lint` and `test`, an app with an entry has `build` and `serve`. Types are checked for the workspace as a
 * whole.
 */
export const createNodes = [
  '{libs,apps}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const folder = dirname(file)
      const targets = {
        lint: target(`eslint ${folder}`, ['{workspaceRoot}/eslint.config.js']),
        test: target(`jest ${folder} --passWithNoTests`, ['{workspaceRoot}/jest.config.js']),
      }
      if (existsSync(join(workspaceRoot, folder, 'src/main.ts'))) {
        targets.build = target(`node tools/build.mjs ${basename(folder)}`, ['{workspaceRoot}/tools/build.mjs'])
        targets.build.outputs = [`{workspaceRoot}/dist/${folder}`]
        targets.serve = { command: `node tools/serve.mjs ${basename(folder)}`, cache: false }
      }
      return [file, { projects: { [folder]: { targets } } }]
    }),
]

function target(command, inputs) {
  return { command, cache: true, inputs: ['default', '^default', ...settings, ...inputs] }
}
