import { aQuote } from '@triplane/testing'
import { Unobserved } from './unobserved.ts'

describe('what is unobserved', () => {
  it('is shown once, in the order in which it was added', () => {
    const seen: number[] = []
    const unobserved = new Unobserved(({ seq }) => seen.push(seq))
    unobserved.add([aQuote({ seq: 1 }), aQuote({ seq: 2 })])
    unobserved.add([aQuote({ seq: 3 })])
    expect(seen).toEqual([])
    unobserved.observe()
    unobserved.observe()
    expect(seen).toEqual([1, 2, 3])
  })

  it('does not pile up when nobody asks', () => {
    let seen = 0
    const unobserved = new Unobserved(() => seen++)
    for (let i = 0; i < 10_000; i++) unobserved.add([aQuote({ seq: i })])
    expect(seen).toBeGreaterThan(5000)
    unobserved.observe()
    expect(seen).toBe(10_000)
  })
})
