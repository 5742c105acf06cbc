import { aFill, aKillSwitch, aPortfolioState, aQuote, examples } from '@triplane/testing'
import { noteEvent } from './note-event.ts'

function notedOf(...events: Parameters<typeof noteEvent>[1][]) {
  const set = jest.fn()
  for (const event of events) noteEvent({ set }, event)
  return set.mock.calls
}

it('notes quotes, positions, fills and kill switches, and no other event', () => {
  const kinds = notedOf(...Object.values(examples)).map(([kind]) => kind)
  expect(kinds.sort()).toEqual(['fill', 'killSwitch', 'position', 'quote'])
})

it('notes them under their keys, with the fields that people need', () => {
  const state = aPortfolioState()
  expect(notedOf(aQuote({ bid: 1 }), state, aFill(), aKillSwitch())).toEqual([
    ['quote', 'BTC/USDT@sim', expect.objectContaining({ instrument: 'BTC/USDT@sim', bid: 1, ask: 61_800.3 })],
    ['position', 'BTC/USDT@sim', { ...state.positions[0], effectUs: state.effectUs }],
    ['fill', 'BTC/USDT@sim', expect.objectContaining({ fillId: 'OFI-1/1', price: '61800.3' })],
    ['killSwitch', 'drawdown', expect.objectContaining({ active: true, limit: 0.02 })],
  ])
})
