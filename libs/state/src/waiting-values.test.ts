import { aQuoteState } from '../test/state-contract.ts'
import { WaitingValues } from './waiting-values.ts'

const aValue = (key: string, bid: number) => ({ kind: 'quote', key, value: aQuoteState(bid), notedUs: bid }) as const

function waitingFor(...values: ReturnType<typeof aValue>[]) {
  const waiting = new WaitingValues()
  const add = ({ kind, key, value, notedUs }: ReturnType<typeof aValue>) => waiting.add(kind, key, value, notedUs, 10)
  values.forEach(add)
  return { waiting, add }
}

it('removing a stored value keeps a newer one', () => {
  const { waiting, add } = waitingFor(aValue('a', 1), aValue('b', 1))
  const stored = waiting.all()
  add(aValue('b', 2))
  waiting.remove(stored)
  waiting.remove(stored)
  expect(waiting.size).toBe(1)
  expect(waiting.all()).toEqual([aValue('b', 2)])
})

it('removing a stored value keeps the same one that was set again since', () => {
  const once = aValue('a', 1)
  const { waiting } = waitingFor(once)
  const stored = waiting.all()
  waiting.add(once.kind, once.key, once.value, 2, 10)
  waiting.remove(stored)
  expect(waiting.all()).toEqual([{ ...once, notedUs: 2 }])
})

it('what is being stored does not change when a newer value comes', () => {
  const { waiting, add } = waitingFor(aValue('a', 1))
  const stored = waiting.all()
  add(aValue('a', 2))
  expect(stored).toEqual([aValue('a', 1)])
})
