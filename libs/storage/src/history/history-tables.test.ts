import { eventDefinitions, type EventDefinition } from '@triplane/contracts'
import { historyTables } from './history-tables.ts'

it('there is one table for each event whose definition says that it is kept', () => {
  const definitions: readonly EventDefinition[] = eventDefinitions
  const kept = definitions.flatMap(({ tag, store }) => (store ? [`${tag} in ${store.table}`] : []))
  expect(historyTables.map(({ eventType, name }) => `${eventType} in ${name}`).sort()).toEqual(kept.sort())
})
