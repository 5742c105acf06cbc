import { aMarketStatus } from '@triplane/testing'
import { Connections, type ConnectionsSnapshot } from './connections.ts'

const status = (fields: Parameters<typeof aMarketStatus>[0]) => aMarketStatus({ source: 'feed', venue: 'a', ...fields })

it('knows which sources are connected, also when restored', () => {
  let connections = new Connections()
  const follow = (fields: Parameters<typeof aMarketStatus>[0]) => {
    connections.onStatus(status(fields))
    connections = new Connections(JSON.parse(JSON.stringify(connections.snapshot())) as ConnectionsSnapshot)
    return connections.areAllDown
  }
  expect(connections.areAllDown).toBe(false)
  expect(follow({ status: 'connected' })).toBe(false)
  expect(follow({ status: 'connected', venue: 'b' })).toBe(false)
  expect(follow({ status: 'disconnected', reason: 'closed' })).toBe(false)
  expect(follow({ status: 'gap' })).toBe(false)
  expect(follow({ status: 'disconnected', venue: 'b', reason: 'hole' })).toBe(true)
  expect(follow({ status: 'connected' })).toBe(false)
})

it.each([
  ['hole', true],
  ['file_end', true],
  ['closed', false],
  [undefined, false],
])('takes a disconnect for %s as a pause of the recording: %s', (reason, isPaused) => {
  const connections = new Connections()
  connections.onStatus(status({ status: 'disconnected', ...(reason !== undefined && { reason }) }))
  expect(connections.isPaused('feed at a')).toBe(isPaused)
  expect(connections.isPaused('feed at b')).toBe(false)
})
