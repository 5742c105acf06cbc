import { join } from 'node:path'
import { findCircles, readImports } from './circles.ts'

// Imports go downwards only: no circle of imports between files, by whatever path, types included.
const imports = readImports(join(import.meta.dirname, '..'), ['libs', 'apps', 'tools', 'bench', 'examples', 'e2e'])
const circles = findCircles(imports)
for (const circle of circles) console.error(`A circle of imports: ${[...circle, circle[0]].join(' -> ')}`)
console.log(`circles: ${imports.size} files, ${circles.length} circles`)
if (circles.length > 0 || imports.size === 0) process.exit(1)
