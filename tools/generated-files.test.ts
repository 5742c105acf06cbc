import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles, generatedFolders } from './generated-files.ts'

const root = join(__dirname, '..')
const files = generatedFiles(root)

describe('the generated files', () => {
  it.each([...files.keys()])('are committed as generated: %s', (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(files.get(path))
  })

  it.each(generatedFolders)('are all that is in %s', (folder) => {
    expect(readdirSync(join(root, folder)).filter((name) => !files.has(`${folder}/${name}`))).toEqual([])
  })
})
