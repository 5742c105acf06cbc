import { eventDefinitions, type EventDefinition } from '@triplane/contracts'
import { aTrade } from '@triplane/testing'
import { historyTables } from './history-tables.ts'

it('there is one table for each event whose definition says that it is stored', () => {
  const definitions: readonly EventDefinition[] = eventDefinitions
  const kept = definitions.flatMap(({ tag, store }) => (store ? [`${tag} in ${store.table}`] : []))
  expect(historyTables.map(({ eventType, name }) => `${eventType} in ${name}`).sort()).toEqual(kept.sort())
})

it.each<{ name: string; tradeId: number | string; ids: unknown[] }>([
  { name: 'an integer', tradeId: 7, ids: [7, undefined] },
  { name: 'a text', tradeId: '7', ids: [undefined, '7'] },
])('stores a trade id that is $name in its own column', ({ tradeId, ids }) => {
  const trades = historyTables.find(({ name }) => name === 'trades')
  const add = jest.fn()
  trades?.addRow({ row: () => undefined, add }, 'data-plane', aTrade({ tradeId }))
  expect(add.mock.calls.map(([, value]: unknown[]) => value).slice(7, 9)).toEqual(ids)
})
