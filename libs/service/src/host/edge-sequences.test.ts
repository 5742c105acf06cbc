import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
    const start = fc.record({ nowUs: fc.integer({ min: 1, max: 2e15 }), said: fc.nat(2 ** 32 - 1) })
    fc.assert(
      fc.property(fc.array(start, { minLength: 1, maxLength: 10 }), (starts) => {
        const folder = aFolder()
        let highest = 0
        for (const { nowUs, said } of starts) {
          const from = reserveSequences(folder, nowUs, rethrow)
          expect(from).toBeGreaterThanOrEqual(Math.max(highest, nowUs))
          highest = from + said
        }
      }),
      { numRuns: 30 },
    )
  })

  it('go by the clock where nothing is kept, and say so where nothing can be', () => {
    const folder = aFolder()
    expect(reserveSequences(folder, 1000, rethrow)).toBe(1000)
    writeFileSync(join(folder, 'edge-sequence'), '1e9 torn')
    expect(reserveSequences(folder, 1000, rethrow)).toBe(1000)

    const file = join(root, 'file')
    writeFileSync(file, '')
    const faults: unknown[] = []
    expect(reserveSequences(join(file, 'below'), 1000, (fault) => faults.push(fault))).toBe(1000)
    expect(faults).toMatchObject([{ code: 'ENOTDIR' }])
  })
})
