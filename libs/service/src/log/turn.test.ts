import fc from 'fast-check'
import { anOperatorCommand, aTrade } from '@triplane/testing'
import { decodeTurn, encodeTurn, type LoggedTurn } from './turn.ts'

const count = fc.nat(Number.MAX_SAFE_INTEGER - 1).map((least) => least + 1)
const name = fc.string({ minLength: 1 })
const turns: fc.Arbitrary<LoggedTurn> = fc
  .record(
    {
      turn: count,
      ranges: fc.array(fc.record({ topic: name, partition: fc.nat(), lastOffset: count, count })),
      injected: fc.array(
        fc.record({
          producer: name,
          event: fc.oneof(
            name.map((why) => anOperatorCommand({ why })),
            count.map((seq) => aTrade({ seq })),
          ),
        }),
        { maxLength: 4 },
      ),
      tickUs: count,
      holdUs: count,
      refused: fc.array(fc.record({ topic: name, partition: fc.nat(), offset: fc.nat(), code: name })),
      pausedUs: count,
    },
    { requiredKeys: ['turn', 'ranges', 'injected'] },
  )
  .map((turn) => ({ ...turn }))

describe('a turn on the disk', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(turns, (turn) => expect(decodeTurn(encodeTurn(turn))).toEqual({ ok: true, value: turn })))
  })

  it('is refused or read, never thrown, when bytes of it are others', () => {
    fc.assert(
      fc.property(turns, fc.nat(), fc.nat(255), fc.nat(), (turn, where, byte, cut) => {
        const bytes = Buffer.from(encodeTurn(turn))
        bytes[where % bytes.length] = byte
        expect([true, false]).toContain(decodeTurn(bytes).ok)
        expect(decodeTurn(encodeTurn(turn).subarray(0, cut % bytes.length)).ok).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })
})
