import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditKeyFile, operatorTokenFile } from './operator-files.ts'

let folder = ''
beforeEach(() => void (folder = join(mkdtempSync(join(tmpdir(), 'triplane-operator-')), 'operator')))
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

describe.each([
  ['the token', operatorTokenFile, 'operator-token', /^[\w-]{43}$/],
  ['the key', auditKeyFile, 'audit-key', /^[0-9a-f]{64}$/],
] as const)('%s', (_, fileOf, name, form) => {
  it('is made once, for its owner only', () => {
    const made = fileOf(folder)
    expect(made).toEqual({ path: join(folder, name), secret: expect.stringMatching(form) as string })
    expect(statSync(made.path).mode & 0o777).toBe(0o600)
    expect(fileOf(folder)).toEqual(made)
  })

  it('is never replaced: a file that holds something else is refused, without showing it', () => {
    fileOf(folder)
    writeFileSync(join(folder, name), 'half-a-secret')
    expect(() => fileOf(folder)).toThrow(
      new RegExp(
        `^Expected ${join(folder, name)} to hold a whole secret, was something else\\. Remove it to have another made$`,
      ),
    )
  })

  it('says why where it cannot be made', () => {
    writeFileSync(folder, 'a file, no folder')
    expect(() => fileOf(folder)).toThrow(/^Cannot use .*: (EEXIST|ENOTDIR)/)
  })
})
