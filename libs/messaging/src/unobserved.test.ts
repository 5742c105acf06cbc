import { aQuote } from '@triplane/testing'
import { Unobserved } from './unobserved.ts'

describe('unobserved events', () => {
  it('are shown once, in the order in which they were added', () => {
    const seen: number[] = []
    const unobserved = new Unobserved(({ seq }) => seen.push(seq))
    unobserved.add([aQuote({ seq: 1 }), aQuote({ seq: 2 })])
    unobserved.add([aQuote({ seq: 3 })])
    expect(seen).toEqual([])
    unobserved.observe()
    unobserved.observe()
    expect(seen).toEqual([1, 2, 3])
  })

  it('do not pile up when `observe` is not called', () => {
    let seen = 0
    const unobserved = new Unobserved(() => seen++)
    for (let i = 0; i < 10_000; i++) unobserved.add([aQuote({ seq: i })])
    expect(seen).toBeGreaterThan(5000)
    unobserved.observe()
    expect(seen).toBe(10_000)
  })
})
