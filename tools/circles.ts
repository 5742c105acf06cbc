import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

/** The imports of each file, types included. */
export type Imports = ReadonlyMap<string, readonly string[]>

const OURS = '@triplane/'
const SKIPPED = new Set(['node_modules', 'dist', 'lint-fixtures'])

/**
 * The imports between the TypeScript files below `folders`, by paths from `root`: relative ones, and those by the name of one
 * of our packages.
 */
export function readImports(root: string, folders: readonly string[]): Imports {
  const entries = new Map(folders.flatMap((folder) => packagesIn(join(root, folder))).flatMap(entriesOf))
  const files = folders.flatMap((folder) => filesIn(join(root, folder)))
  const named = (file: string) => relative(root, file)
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
      const imported = importedFiles.flatMap(({ fileName }) => {
        if (fileName.startsWith('.')) return named(resolve(dirname(file), fileName))
        if (!fileName.startsWith(OURS)) return []
        const entry = entries.get(fileName)
        if (entry === undefined)
          throw new Error(`Expected ${fileName} to be a package here, imported by ${named(file)}`)
        return named(entry)
      })
      return [named(file), imported] as const
    }),
  )
}

/** Circles, at least one where there are any: each file imports the next, the last one the first. */
export function findCircles(imports: Imports): string[][] {
  const circles: string[][] = []
  /** Files that lead to no circle, or to one already found. */
  const done = new Set<string>()
  const path: string[] = []
  const onPath = new Set<string>()

  function visit(file: string): void {
    path.push(file)
    onPath.add(file)
    for (const imported of imports.get(file) ?? []) {
      if (onPath.has(imported)) circles.push(path.slice(path.indexOf(imported)))
      else if (!done.has(imported)) visit(imported)
    }
    path.pop()
    onPath.delete(file)
    done.add(file)
  }

  for (const file of imports.keys()) if (!done.has(file)) visit(file)
  return circles
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

function packagesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'package.json')))
}

/** The names by which a package is imported, and the file behind each. */
function entriesOf(folder: string): (readonly [name: string, file: string])[] {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly exports?: string | Readonly<Record<string, string>>
  }
  const entries = typeof exports === 'object' ? Object.entries(exports) : exports ? [['.', exports] as const] : []
  return entries.map(([path, file]) => [join(name, path), join(folder, file)])
}
