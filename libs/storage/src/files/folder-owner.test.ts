import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownFolder } from './folder-owner.ts'

describe('a folder of one process', () => {
  let folder: string
  let other: ChildProcess
  const owner = () => readFileSync(join(folder, 'owner'), 'utf8')

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-owner-'))))
  beforeEach(async () => {
    other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'])
    await once(other, 'spawn')
  })
  afterEach(async () => {
    if (other.exitCode === null && other.signalCode === null) {
      other.kill('SIGKILL')
      await once(other, 'exit')
    }
    rmSync(folder, { recursive: true })
  })

  /** The other process's owner file: its number and its start, as we write ours. */
  function ownedByOther(): string {
    const stat = readFileSync(`/proc/${other.pid}/stat`, 'latin1').replace(/^.*\) /s, '')
    const text = `${other.pid} ${stat.split(' ')[19]}`
    writeFileSync(join(folder, 'owner'), text)
    return text
  }

  it('is ours until it is released, and then has no owner file', () => {
    const giveBack = ownFolder(folder)
    expect(owner()).toMatch(new RegExp(`^${process.pid} \\d+$`))
    ownFolder(folder)
    giveBack()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is refused while another process owns it, with a message that names both', () => {
    const theirs = ownedByOther()
    expect(() => ownFolder(folder)).toThrow(
      `Expected ${folder} to be free, but another Triplane, process ${other.pid},`,
    )
    expect(owner()).toBe(theirs)
  })

  it('is taken over from a killed process, even when another process has its number by now', async () => {
    const theirs = ownedByOther()
    writeFileSync(
      join(folder, 'owner'),
      theirs.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
    )
    ownFolder(folder)()
    ownedByOther()
    other.kill('SIGKILL')
    await once(other, 'exit')
    ownFolder(folder)()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not released by a process that no longer owns it', () => {
    const giveBack = ownFolder(folder)
    const theirs = ownedByOther()
    giveBack()
    expect(owner()).toBe(theirs)
  })
})
