import { join } from 'node:path'
import { findCircles, readImports } from './circles.ts'

// Arrows go downwards only: no two files may import each other, by whatever way, not for types either.
const imports = readImports(join(import.meta.dirname, '..'), ['libs', 'apps', 'tools', 'bench', 'examples', 'e2e'])
const circles = findCircles(imports)
for (const circle of circles) console.error(`A circle of imports: ${[...circle, circle[0]].join(' -> ')}`)
console.log(`circles: ${imports.size} files, ${circles.length} circles`)
if (circles.length > 0 || imports.size === 0) process.exit(1)
