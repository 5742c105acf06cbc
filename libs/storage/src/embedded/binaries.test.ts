import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyBinaries, linksReady } from './binaries.ts'

describe('binaries', () => {
  let native: string

  beforeEach(() => {
    native = join(mkdtempSync(join(tmpdir(), 'triplane-binaries-')), 'native')
    mkdirSync(join(native, 'lib'), { recursive: true })
    writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library')
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  })
  afterEach(() => rmSync(join(native, '..'), { recursive: true }))

  it('creates the links that the install script did not create, once', () => {
    expect(linksReady(native)).toBe(true)
    expect(linksReady(native)).toBe(true)
    expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18')
  })

  it('copies with links, whether the original has them or not', () => {
    const [bare, linked] = [join(native, '..', 'bare'), join(native, '..', 'linked')]
    copyBinaries(native, bare)
    linksReady(native)
    copyBinaries(native, linked)
    for (const copy of [bare, linked]) {
      expect(readlinkSync(join(copy, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18')
      expect(existsSync(join(copy, 'lib', 'libpq.so.5'))).toBe(true)
    }
  })
})
