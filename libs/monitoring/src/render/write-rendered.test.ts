import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeRendered } from './write-rendered.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-rendered-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const a = { path: 'prometheus/a.yml', content: 'a' }
const b = { path: 'prometheus/rules/b.yml', content: 'b' }
const secret = { path: 'alertmanager/secrets/key', content: 'k', isSecret: true }
const text = (path: string) => readFileSync(join(folder, path), 'utf8')
const mode = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8)

describe('writing the rendered files', () => {
  it('makes them readable for everyone, secrets for one user', () => {
    const umask = process.umask(0o077)
    try {
      writeRendered(folder, [a, b, secret])
    } finally {
      process.umask(umask)
    }
    expect([text(a.path), text(b.path), text(secret.path)]).toEqual(['a', 'b', 'k'])
    expect([mode(a.path), mode(b.path), mode(secret.path)]).toEqual(['444', '444', '400'])
    expect([mode('prometheus/rules'), mode('alertmanager'), mode('alertmanager/secrets')]).toEqual([
      '755',
      '755',
      '755',
    ])
  })

  it('touches only what has to change', () => {
    writeRendered(folder, [a, b, secret])
    expect(writeRendered(folder, [a, b, secret])).toEqual({ written: [], removed: [] })
    chmodSync(join(folder, secret.path), 0o444)
    const changed = { ...a, content: 'other' }
    expect(writeRendered(folder, [changed, b, secret]).written).toEqual([a.path, secret.path])
    expect([text(a.path), mode(secret.path)]).toEqual(['other', '400'])
  })

  it('removes its own obsolete files, and nothing else', () => {
    writeRendered(folder, [a, b, secret])
    writeFileSync(join(folder, 'prometheus/rules/mine.yml'), 'mine')
    expect(writeRendered(folder, [a, { ...secret, path: 'alertmanager/other' }])).toEqual({
      written: ['alertmanager/other'],
      removed: [b.path, secret.path],
    })
    expect(readdirSync(join(folder, 'prometheus/rules'))).toEqual(['mine.yml'])
    expect(existsSync(join(folder, secret.path))).toBe(false)
  })

  it('leaves nothing else behind, and recovers after an interruption', () => {
    const broken = { path: 'prometheus/rules', content: 'a folder is in the way' }
    writeRendered(folder, [a, b])
    expect(() => writeRendered(folder, [{ path: 'prometheus/c.yml', content: 'c' }, broken])).toThrow()
    expect(writeRendered(folder, [a]).removed).toEqual(['prometheus/c.yml', broken.path, b.path])
    expect(readdirSync(join(folder, 'prometheus')).sort()).toEqual(['.rendered.json', 'a.yml', 'rules'])
  })

  it('removes nothing outside its folder, whatever its list contains', () => {
    writeRendered(folder, [a])
    writeFileSync(join(folder, 'mine'), 'mine')
    const list = join(folder, 'prometheus/.rendered.json')
    chmodSync(list, 0o644)
    writeFileSync(list, JSON.stringify(['prometheus/../mine', '/etc/passwd', 'mine', 7]))
    expect(writeRendered(folder, [a]).removed).toEqual([])
    chmodSync(list, 0o644)
    writeFileSync(list, 'no JSON')
    expect(writeRendered(folder, [a]).removed).toEqual([])
    expect(text('mine')).toBe('mine')
  })
})
