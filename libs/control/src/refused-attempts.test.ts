import fc from 'fast-check'
import { RefusedAttempts, type RefusedInMinute } from './refused-attempts.ts'

function watched() {
  const first: string[] = []
  const minutes: (readonly RefusedInMinute[])[] = []
  const attempts = new RefusedAttempts({
    onFirst: (reason, address) => first.push(`${reason} ${address}`),
    onMinute: (refused) => minutes.push(refused),
  })
  return { attempts, first, minutes }
}

describe('refused requests', () => {
  it('are told at the first of an address, and gathered by minute', () => {
    const { attempts, first, minutes } = watched()
    for (let i = 0; i < 3; i++) attempts.note('wrong_token', '10.0.0.1')
    attempts.note('rate_limited', '10.0.0.1')
    attempts.note('foreign_host', '10.0.0.2')
    expect(first).toEqual(['wrong_token 10.0.0.1', 'foreign_host 10.0.0.2'])
    attempts.flush()
    attempts.flush()
    expect(minutes).toEqual([
      [
        { address: '10.0.0.1', count: 4, reasons: 'wrong_token 3, rate_limited 1' },
        { address: '10.0.0.2', count: 1, reasons: 'foreign_host 1' },
      ],
    ])
    attempts.note('wrong_token', '10.0.0.1')
    expect(first).toHaveLength(3)
    attempts.flush()
  })

  it('are at most 20 addresses and one for all others, and none is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (hosts) => {
        const { attempts, first, minutes } = watched()
        for (const host of hosts) attempts.note('wrong_token', `10.0.0.${host}`)
        attempts.flush()
        const refused = minutes.flat()
        expect(refused.length).toBe(Math.min(new Set(hosts).size, 21))
        expect(first).toHaveLength(refused.length)
        expect(refused.filter(({ address }) => address === undefined).length).toBeLessThanOrEqual(1)
        expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(hosts.length)
      }),
    )
  })
})
