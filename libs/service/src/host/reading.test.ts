import { topics } from '@triplane/contracts'
import { readingFrom } from './reading.ts'

const at = (topic: { readonly name: string }, offset: number, partition = 0) => ({
  topic: topic.name,
  partition,
  offset,
})
const { market, orders, fills } = topics
const run = { positions: [at(market, 10), at(market, 11, 1), at(orders, 20), at(fills, 30)] }

describe('where a plane reads', () => {
  it('is where the run began, in the topics that it reads', () => {
    expect(readingFrom([orders, fills], run)).toEqual([at(orders, 20), at(fills, 30)])
  })

  it('is behind what it took, else where the run began', () => {
    const saved = [at(market, 15), at(orders, 25)]
    expect(readingFrom([market, orders, fills], run, saved)).toEqual([
      at(market, 15),
      at(market, 11, 1),
      at(orders, 25),
      at(fills, 30),
    ])
  })

  it('forgets the topics that it reads no more', () => {
    expect(readingFrom([fills], run, [at(orders, 25)])).toEqual([at(fills, 30)])
  })
})
