import { aTrade, examples } from '@triplane/testing'
import { StorageError, storageFault } from '../storage-error.ts'
import { packBatch, packFault, unpackBatch, unpackFault } from './worker-messages.ts'

describe('a batch on its way to the thread that writes', () => {
  it('arrives as it was, whatever its events and producers', () => {
    const events = Object.values(examples)
    const batch = { events, producers: events.map((_, i) => `plane-${Math.floor(i / 3) % 2}`) }
    expect(unpackBatch(structuredClone(packBatch(batch)))).toEqual(batch)
  })

  it('has bytes of its own, which can change hands', () => {
    const { record } = packBatch({ events: [aTrade()], producers: ['data'] })
    expect([record.byteOffset, record.buffer.byteLength]).toEqual([0, record.byteLength])
  })

  it('is refused there when an event does not fit its schema', () => {
    const packed = packBatch({ events: [aTrade({ price: NaN })], producers: ['data'] })
    expect(() => unpackBatch(packed)).toThrow(expect.objectContaining({ code: 'rejected' }))
  })
})

describe('a fault on its way back', () => {
  const back = (error: Error) => unpackFault(structuredClone(packFault(error)))

  it.each(['08006', '23505', 'ECONNREFUSED'])('is judged as it was: %s', (code) => {
    const error = Object.assign(new Error('no'), { code })
    expect(storageFault(back(error), 'write')).toMatchObject(plain(storageFault(error, 'write')))
  })

  it('is judged by its words when it has no code', () => {
    expect(storageFault(back(new Error('Connection terminated')), 'write')).toMatchObject({ code: 'unavailable' })
  })

  it('stays a fault of ours', () => {
    const error = new StorageError('rejected', 'Expected a decimal, was x')
    expect(back(error)).toMatchObject({ ...plain(error), name: 'StorageError' })
  })
})

const plain = ({ code, message, retryable }: StorageError) => ({ code, message, retryable })
