import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { reserveSequences } from './edge-sequences.ts'

describe('the sequences of an edge', () => {
  const root = mkdtempSync(join(tmpdir(), 'triplane-edge-'))
  afterAll(() => rmSync(root, { recursive: true }))
  const aFolder = () => join(mkdtempSync(join(root, 'run-')), 'plane')
  const rethrow = (fault: unknown) => {
    throw fault
  }

  it('are above those of every process before, whatever the clock says at a start', () => {
    const start = fc.record({ nowUs: fc.integer({ min: 1, max: 2e15 }), said: fc.nat(5_000_000) })
    fc.assert(
      fc.property(fc.array(start, { minLength: 1, maxLength: 10 }), (starts) => {
        const folder = aFolder()
        let highest = 0
        for (const { nowUs, said } of starts) {
          const { lastSeq, use } = reserveSequences(folder, nowUs, rethrow)
          expect(lastSeq).toBeGreaterThanOrEqual(Math.max(highest, nowUs))
          // As it counts, in strides.
          for (highest = lastSeq; highest < lastSeq + said;)
            use((highest = Math.min(highest + 900_000, lastSeq + said)))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('are at most a second ahead of the clock after any number of restarts that take a second each', () => {
    const folder = aFolder()
    for (let life = 0; life < 100; life++) {
      const nowUs = 1e15 + life * 1_000_001
      const { lastSeq, use } = reserveSequences(folder, nowUs, rethrow)
      use(lastSeq + 1)
      expect(lastSeq - nowUs).toBeLessThanOrEqual(1_000_001)
    }
  })

  it('are above those of an earlier build, which reserved more than it used', () => {
    const folder = aFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'edge-sequence'), String(5000 + 2 ** 32))
    expect(reserveSequences(folder, 1000, rethrow).lastSeq).toBe(1_005_000)
  })

  it('go by the clock where nothing is kept, and say so where nothing can be', () => {
    const folder = aFolder()
    expect(reserveSequences(folder, 1000, rethrow).lastSeq).toBe(1000)
    writeFileSync(join(folder, 'edge-sequences'), '1e9 torn')
    expect(reserveSequences(folder, 1000, rethrow).lastSeq).toBe(1000)

    const file = join(root, 'file')
    writeFileSync(file, '')
    const faults: unknown[] = []
    expect(reserveSequences(join(file, 'below'), 1000, (fault) => faults.push(fault)).lastSeq).toBe(1000)
    expect(faults).toMatchObject([{ code: 'ENOTDIR' }])
  })
})
