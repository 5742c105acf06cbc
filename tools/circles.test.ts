import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findCircles, readImports } from './circles.ts'

describe('circles of imports', () => {
  let root: string
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'triplane-circles-'))))
  afterEach(() => rmSync(root, { recursive: true }))

  /** The circles in a workspace with these files; each package adds its `index.ts`. */
  function circlesOf(files: Readonly<Record<string, string>>): string[][] {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    for (const lib of ['one', 'two']) {
      mkdirSync(join(root, 'libs', lib), { recursive: true })
      const exports = { '.': './src/index.ts', './fakes': './src/fakes.ts' }
      writeFileSync(join(root, 'libs', lib, 'package.json'), JSON.stringify({ name: `@triplane/${lib}`, exports }))
    }
    return findCircles(readImports(root, ['libs']))
  }

  it('do not exist where imports go downwards, however often they meet', () => {
    const files = {
      'libs/one/src/index.ts': "export { a } from './a.ts'\nexport { b } from './b.ts'",
      'libs/one/src/a.ts': "import { b } from './b.ts'\nexport const a = b",
      'libs/one/src/b.ts': "import { readFileSync } from 'node:fs'\nexport const b = readFileSync",
      'libs/two/src/index.ts': "import { a } from '@triplane/one'\nexport const c = a",
    }
    expect(circlesOf(files)).toEqual([])
  })

  it.each([
    { name: 'a value', imported: "import { a } from './a.ts'" },
    { name: 'a type', imported: "import type { A } from './a.ts'" },
    { name: 'a type among values', imported: "import { a, type A } from './a.ts'" },
    { name: 'what it exports again', imported: "export { a } from './a.ts'" },
    { name: 'what it loads later', imported: "export const later = () => import('./a.ts')" },
  ])('are found when the way back is $name', ({ imported }) => {
    const files = { 'libs/one/src/a.ts': "import { b } from './b.ts'", 'libs/one/src/b.ts': imported }
    expect(circlesOf(files)).toEqual([['libs/one/src/a.ts', 'libs/one/src/b.ts']])
  })

  it('are found across packages, through any of their entries', () => {
    const files = {
      'libs/one/src/a.ts': "import { c } from '@triplane/two'",
      'libs/one/src/fakes.ts': "import { a } from './a.ts'",
      'libs/two/src/index.ts': "export { c } from './c.ts'",
      'libs/two/src/c.ts': "import { fake } from '@triplane/one/fakes'",
    }
    expect(circlesOf(files)).toEqual([
      ['libs/one/src/a.ts', 'libs/two/src/index.ts', 'libs/two/src/c.ts', 'libs/one/src/fakes.ts'],
    ])
  })

  it('are all found, including files that import themselves', () => {
    const files = {
      'libs/one/src/a.ts': "import './b.ts'\nimport './c.ts'",
      'libs/one/src/b.ts': "import './a.ts'",
      'libs/one/src/c.ts': "import './a.ts'\nimport './c.ts'",
    }
    expect(circlesOf(files)).toEqual([
      ['libs/one/src/a.ts', 'libs/one/src/b.ts'],
      ['libs/one/src/a.ts', 'libs/one/src/c.ts'],
      ['libs/one/src/c.ts'],
    ])
  })

  it('are not searched behind a missing package: its import is refused', () => {
    expect(() => circlesOf({ 'libs/one/src/a.ts': "import { x } from '@triplane/three'" })).toThrow(
      'Expected @triplane/three to be a package here, imported by libs/one/src/a.ts',
    )
  })
})
