import { basename, dirname, relative, resolve, sep } from 'node:path'
import type { Message, PartialMessage, Plugin } from 'esbuild'
import { refusedNames } from './refused-names.ts'
import { UserStrategyError } from './user-strategy-error.ts'

const MARK = '__refused_'
const markOf = (name: string) => MARK + name.replace('.', '_')

/**
 * Bundles one TypeScript file of the folder into a CommonJS script that imports nothing but `modules`. Throws a
 * UserStrategyError for code that does not compile, for other imports and for forbidden names.
 */
export async function bundleStrategy(file: string, folder: string, modules: readonly string[]): Promise<string> {
  // Loaded only when needed.
  const { build } = await import('esbuild')
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      absWorkingDir: folder,
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'node20',
      charset: 'utf8',
      logLevel: 'silent',
      define: Object.fromEntries(Object.keys(refusedNames).map((name) => [name, markOf(name)])),
      plugins: [ownImports(folder, modules)],
    })
    const code = outputFiles[0]?.text ?? ''
    refuse(code, file)
    return code
  } catch (error) {
    if (error instanceof UserStrategyError) throw error
    const { errors = [] } = error as { readonly errors?: readonly Message[] }
    const why = errors.map((message) => sayOf(message, folder)).join('; ')
    throw new UserStrategyError(basename(file), why === '' ? String(error) : why, error)
  }
}

/** Refuses forbidden names that esbuild found unbound: the code may declare its own by the same name. */
function refuse(code: string, file: string): void {
  const found = Object.keys(refusedNames).filter((name) => new RegExp(`\\b${markOf(name)}\\b`).test(code))
  if (found.length === 0) return
  const reasons = found.map((name) => `${name} (${refusedNames[name] ?? ''})`).join(', ')
  throw new UserStrategyError(basename(file), `Expected a pure strategy, was one that uses ${reasons}`)
}

/** Restricts imports to the given modules and files of the folder. */
function ownImports(folder: string, modules: readonly string[]): Plugin {
  const expected = `Expected an import of ${modules.join(', ')} or of a file of the folder`
  const refused = (was: string): { readonly errors: PartialMessage[] } => ({
    errors: [{ text: `${expected}, was ${was}` }],
  })
  return {
    name: 'own-imports',
    setup(bundle) {
      bundle.onResolve({ filter: /.*/ }, ({ path, kind, importer }) => {
        if (kind === 'entry-point') return undefined
        if (kind === 'dynamic-import') return refused(`a dynamic import of ${path}`)
        if (modules.includes(path)) return { path, external: true }
        const isOwn = path.startsWith('.') && resolve(dirname(importer), path).startsWith(folder + sep)
        return isOwn ? undefined : refused(path)
      })
    },
  }
}

function sayOf({ text, location }: Message, folder: string): string {
  if (!location) return text
  return `${relative(folder, resolve(folder, location.file))}:${location.line}:${location.column + 1}: ${text}`
}
