import { topics } from '@triplane/contracts'
import { readingFrom, skipTo } from './reading.ts'

const at = (topic: { readonly name: string }, offset: number, partition = 0) => ({
  topic: topic.name,
  partition,
  offset,
})
const { trades, quotes, fills } = topics
const run = { positions: [at(trades, 10), at(trades, 11, 1), at(quotes, 20), at(fills, 30)] }

describe('where a plane reads', () => {
  it('is where the run began, in the topics that it reads', () => {
    expect(readingFrom([quotes, fills], run, undefined)).toEqual({
      positions: [at(quotes, 20), at(fills, 30)],
      joined: [],
    })
  })

  it('is behind what it took, else where the run began', () => {
    const saved = [at(trades, 15), at(quotes, 25)]
    expect(readingFrom([trades, quotes, fills], run, saved)).toEqual({
      positions: [at(trades, 15), at(trades, 11, 1), at(quotes, 25), at(fills, 30)],
      joined: [],
    })
  })

  it('names topics of the market that it did not read, and forgets those that it reads no more', () => {
    const reading = readingFrom([trades, fills], run, [at(quotes, 25)])
    expect(reading).toEqual({ positions: [at(trades, 10), at(trades, 11, 1), at(fills, 30)], joined: [trades] })
    const live = skipTo([at(trades, 90), at(trades, 91, 1)], reading)
    expect(live.positions).toEqual([at(fills, 30), at(trades, 90), at(trades, 91, 1)])
  })
})
