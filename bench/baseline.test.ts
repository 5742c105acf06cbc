import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareRatios, readBaseline, saveBaseline } from './baseline.ts'

const of = (value: number, error = 0.01) => ({ value, error })

describe('the baseline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-baseline-'))
  const file = join(folder, 'baseline.json')
  afterAll(() => rmSync(folder, { recursive: true }))

  it('keeps what was not measured again, and no more digits than are known', () => {
    expect(readBaseline(file)).toEqual({})
    saveBaseline(file, { frames: { json: of(7.123456, 0.0123456), ccxt: of(30) }, queue: { one: of(1) } })
    saveBaseline(file, { frames: { json: of(8) } })
    expect(readBaseline(file)).toEqual({ frames: { json: of(8) }, queue: { one: of(1) } })
    saveBaseline(file, { frames: { json: of(7.123456, 0.0123456) } })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ frames: { json: { value: 7.123, error: 0.0123 } } })
  })

  it('tells each ratio with its change, and whether one is worse', () => {
    const before = { frames: { json: of(10), tardis: of(5) }, queue: { one: of(1) } }
    const { lines, isWorse } = compareRatios(before, { frames: { json: of(9.4), tardis: of(5.3) } })
    expect(isWorse).toBe(true)
    expect(lines).toEqual([
      expect.stringMatching(/^ {2}worse +frames: json +10\.00 ±1\.0 % -> 9\.400 ±1\.0 % +-6\.0 %, counts from 2\.5 %$/),
      expect.stringMatching(/^ {2}better +frames: tardis .* \+6\.0 %, counts from 2\.5 %$/),
    ])
  })

  it('is not worse by a ratio that is new, or that is not known well enough', () => {
    const { lines, isWorse } = compareRatios({ queue: { one: of(1, 0.2) } }, { queue: { one: of(0.9), ten: of(2) } })
    expect(isWorse).toBe(false)
    expect(lines).toEqual([expect.stringMatching(/^ {2}unclear /), expect.stringMatching(/^ {2}new .*2\.000 ±1\.0 %/)])
  })
})
