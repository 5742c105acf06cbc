import { StorageError, storageFault } from './storage-error.ts'

const failure = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

describe('storage fault', () => {
  it.each([
    { name: 'the port is closed', error: failure('connect ECONNREFUSED', 'ECONNREFUSED'), want: 'unavailable' },
    {
      name: 'the server is starting',
      error: failure('the database system is starting up', '57P03'),
      want: 'unavailable',
    },
    { name: 'the session was ended', error: failure('terminating connection', '57P01'), want: 'unavailable' },
    { name: 'a deadlock', error: failure('deadlock detected', '40P01'), want: 'unavailable' },
    { name: 'the connection broke', error: failure('Connection terminated unexpectedly'), want: 'unavailable' },
    { name: 'no such table', error: failure('relation "x" does not exist', '42P01'), want: 'rejected' },
    { name: 'a wrong password', error: failure('password authentication failed', '28P01'), want: 'rejected' },
  ])('is $want when $name', ({ error, want }) => {
    const fault = storageFault(error, 'store')
    expect(fault).toMatchObject({ code: want, retryable: want === 'unavailable', cause: error })
    expect(fault.message).toBe(`Expected to store: ${error.message}`)
  })

  it('returns an existing fault', () => {
    const fault = new StorageError('folder_busy', 'Expected a free folder')
    expect(storageFault(fault, 'store')).toBe(fault)
  })

  it('does not hide our bugs', () => {
    const bug = new TypeError('x is not a function')
    expect(() => storageFault(bug, 'store')).toThrow(bug)
  })
})
