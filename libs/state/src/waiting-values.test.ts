import { aQuoteState } from '../test/state-contract.ts'
import { WaitingValues } from './waiting-values.ts'

const aValue = (key: string, bid: number) => ({ kind: 'quote', key, value: aQuoteState(bid), notedUs: bid }) as const

it('removing a stored value keeps a newer one', () => {
  const waiting = new WaitingValues()
  waiting.add(aValue('a', 1), 10)
  waiting.add(aValue('b', 1), 10)
  const stored = waiting.all()
  waiting.add(aValue('b', 2), 10)
  waiting.remove(stored)
  waiting.remove(stored)
  expect(waiting.size).toBe(1)
  expect(waiting.all()).toEqual([aValue('b', 2)])
})
