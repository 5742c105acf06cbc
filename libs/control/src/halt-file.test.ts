import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHaltFile } from './halt-file.ts'
import type { StandingOrder } from './operator-order.ts'

const halted: StandingOrder = { state: 'halted', who: 'ann', why: 'looks wrong', atUs: 1_723_127_400_000_000 }
const active: StandingOrder = { state: 'active', who: 'bob', why: 'was a drill', atUs: 1_723_127_460_000_000 }

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-control-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('the halt file', () => {
  it('keeps the newest order over a restart, and makes its folder', async () => {
    const below = join(folder, 'order-plane', 'control')
    const file = createHaltFile(below, 'live')
    await Promise.all([file.write(active), file.write(halted)])
    expect(createHaltFile(below, 'live').read()).toEqual(halted)
    expect(readdirSync(below)).toEqual(['operator-order-live.json'])
  })

  it('says active when nothing was ever ordered', () => {
    expect(createHaltFile(folder, 'live').read()).toMatchObject({ state: 'active' })
  })

  it('keeps the accounts apart, whatever they are called', async () => {
    await createHaltFile(folder, '../live').write(halted)
    expect(createHaltFile(folder, 'live').read().state).toBe('active')
    expect(createHaltFile(folder, '../live').read()).toEqual(halted)
    expect(existsSync(join(folder, '..', 'operator-order-live.json'))).toBe(false)
  })

  it('is halted when cut at any byte, with the reason', async () => {
    const file = createHaltFile(folder, 'live')
    await file.write(active)
    const whole = readFileSync(file.path)
    // Only the line feed may be missing.
    for (let length = 0; length < whole.length - 1; length++) {
      writeFileSync(file.path, whole.subarray(0, length))
      expect(file.read()).toMatchObject({ state: 'halted', who: 'triplane' })
    }
    expect(file.read().why).toMatch(/^Cannot read .*operator-order-live\.json: /)
  })

  it.each([
    ['another version', { version: 2 }, 'Expected version 1, was 2'],
    ['another account', { account: 'other' }, 'Expected the account live, was other'],
    ['a state that is none', { state: 'paused' }, 'Expected one of active, reducing, halted, was paused'],
    ['no reason', { why: undefined }, 'Expected who, why and atUs, was an order without'],
  ])('is halted with %s', (_, wrong, reason) => {
    const file = createHaltFile(folder, 'live')
    writeFileSync(file.path, JSON.stringify({ version: 1, account: 'live', ...active, ...wrong }))
    expect(file.read()).toMatchObject({ state: 'halted', why: expect.stringContaining(reason) })
  })

  it('is halted when it cannot be read at all', () => {
    const file = createHaltFile(folder, 'live')
    mkdirSync(file.path)
    expect(file.read()).toMatchObject({ state: 'halted', why: expect.stringContaining('EISDIR') })
  })

  it('ignores a draft that was never renamed', async () => {
    const file = createHaltFile(folder, 'live')
    await file.write(halted)
    writeFileSync(`${file.path}.draft`, JSON.stringify({ version: 1, account: 'live', ...active }))
    expect(file.read()).toEqual(halted)
  })

  it('says so when it cannot be written, and can be written later', async () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, '')
    const file = createHaltFile(blocked, 'live')
    await expect(file.write(halted)).rejects.toMatchObject({ name: 'ControlError', code: 'file_failed' })
    expect(file.read().state).toBe('halted')
    rmSync(blocked)
    await file.write(halted)
    expect(file.read()).toEqual(halted)
  })
})
