import { aQuoteState, stateContract } from '../test/state-contract.ts'
import { createMemoryState } from './memory-state.ts'

stateContract('memory', createMemoryState)

it('makes room for new keys when old ones have expired', async () => {
  let seconds = 0
  const state = createMemoryState({ maxKeys: 1, nowUs: () => seconds * 1e6, expirySeconds: { quote: 10 } })
  state.set('quote', 'a', aQuoteState(1))
  seconds = 9
  state.set('quote', 'b', aQuoteState(1))
  seconds = 10
  state.set('quote', 'c', aQuoteState(1))
  expect([...(await state.list('quote')).keys()]).toEqual(['c'])
  expect(state.health()).toMatchObject({ dropped: 1 })
})
