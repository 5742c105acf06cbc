import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

const COMPILER = 'node_modules/assemblyscript/bin/asc.js'
/** No runtime and a memory that never grows: what is exported is functions, and places in that memory. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd']
const MEMORY = ['--initialMemory', '16', '--maximumMemory', '16']

/**
 * What the AssemblyScript in the folders `assembly` of venues compiles to, beside each folder: path from the root of the repository,
 * to content. The same source gives the same bytes.
 */
export function compiledModules(root: string): (readonly [path: string, content: string])[] {
  const venues = 'libs/venues/src'
  return readdirSync(join(root, venues), { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(dirname(path)) === 'assembly' && path.endsWith('.ts'))
    .sort()
    .map((path) => {
      const source = join(venues, path)
      const target = join(dirname(dirname(source)), basename(path).replace('.ts', '.wasm.ts'))
      return [target, moduleFile(root, source)] as const
    })
}

function moduleFile(root: string, source: string): string {
  // The compiler is an ES module that Jest cannot load.
  const folder = mkdtempSync(join(tmpdir(), 'triplane-module-'))
  const file = join(folder, 'module.wasm')
  execFileSync(process.execPath, [join(root, COMPILER), source, '--outFile', file, ...OPTIONS, ...MEMORY], {
    cwd: root,
  })
  const module = readFileSync(file)
  rmSync(folder, { recursive: true })
  const lines = module.toString('base64').match(/.{1,110}/g) ?? []
  const sha256 = createHash('sha256')
    .update(readFileSync(join(root, source)))
    .digest('hex')
  return [
    `// Compiled from assembly/${basename(source)} by \`npm run generate\`; SHA-256 of that:`,
    `// ${sha256}`,
    '',
    '/** The WebAssembly module. */',
    'export const moduleBase64 =',
    ...lines.map((line, i) => `  '${line}'${i < lines.length - 1 ? ' +' : ''}`),
    '',
  ].join('\n')
}
