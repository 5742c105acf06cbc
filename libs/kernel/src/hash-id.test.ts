import { hashId, partitionOf } from './hash-id.ts'

describe('hashId', () => {
  it('is the same on every machine', () => {
    expect(hashId('OFI-1')).toBe('aa3423f6b30e008a')
    expect(partitionOf('BTC/USDT', 8)).toBe(7)
  })

  it('distinguishes a hundred thousand neighbours', () => {
    const ids = new Set(Array.from({ length: 100_000 }, (_, i) => hashId(`OFI-${i}`)))
    expect(ids.size).toBe(100_000)
  })

  it('spreads keys over all partitions', () => {
    const hit = new Set(Array.from({ length: 200 }, (_, i) => partitionOf(`S${i}`, 8)))
    expect(hit.size).toBe(8)
  })
})
