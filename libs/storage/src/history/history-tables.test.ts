import { eventDefinitions, type EventDefinition } from '@triplane/contracts'
import { aTrade } from '@triplane/testing'
import { historyTables } from './history-tables.ts'

it('there is one table for each event whose definition says that it is stored', () => {
  const definitions: readonly EventDefinition[] = eventDefinitions
  const kept = definitions.flatMap(({ tag, store }) => (store ? [`${tag} in ${store.table}`] : []))
  expect(historyTables.map(({ eventType, name }) => `${eventType} in ${name}`).sort()).toEqual(kept.sort())
})

it.each<{ name: string; tradeId: number | string; ids: [string, string] }>([
  { name: 'an integer', tradeId: 7, ids: ['7', '\\N'] },
  { name: 'a text', tradeId: '7', ids: ['\\N', '7'] },
])('stores a trade id that is $name in its own column', ({ tradeId, ids }) => {
  const trades = historyTables.find(({ name }) => name === 'trades')
  const fields = trades?.encode('data-plane', aTrade({ tradeId })).split('\t')
  expect(fields?.slice(7, 9)).toEqual(ids)
})
