import { withRunningSystem } from './running-environment.ts'

const planes = { data: 'http://127.0.0.1:1', order: 'http://127.0.0.1:2', strategy: 'http://127.0.0.1:3' }
const system = {
  pid: 1,
  planes,
  databaseUrl: 'postgresql://triplane:x@127.0.0.1:5/triplane',
  tokenFile: '/var/token',
  auditKeyFile: '/var/key',
}
const found = {
  TRIPLANE_DATA_PLANES: planes.data,
  TRIPLANE_ORDER_PLANES: planes.order,
  TRIPLANE_STRATEGY_PLANES: planes.strategy,
  TRIPLANE_TOKEN_FILE: system.tokenFile,
}
const stored = { DATABASE_URL: system.databaseUrl, TRIPLANE_AUDIT_KEY_FILE: system.auditKeyFile }

describe('the variables beside a running system', () => {
  it.each([
    ['nothing is set', {}, { ...found, ...stored }],
    ['other planes are named: the token is not theirs', { TRIPLANE_ORDER_PLANES: 'http://a:1' }, stored],
    ['a token is set', { TRIPLANE_TOKEN: 't' }, { ...found, TRIPLANE_TOKEN_FILE: undefined, ...stored }],
    ['another database is named: the key is not of its chain', { DATABASE_URL: 'postgres://b' }, found],
    ['a key is set', { TRIPLANE_AUDIT_KEY: 'k' }, { ...found, DATABASE_URL: system.databaseUrl }],
    ['a variable is set to nothing', { DATABASE_URL: '' }, { ...found, ...stored }],
  ])('%s', (_, environment, added) => {
    expect(withRunningSystem(environment, system)).toEqual({ ...environment, ...added })
  })

  it('stay unchanged where nothing runs', () => {
    expect(withRunningSystem({ A: '1' }, undefined)).toEqual({ A: '1' })
  })

  it('leave out planes that are not served, and a history that is not kept', () => {
    expect(withRunningSystem({}, { pid: 1 })).toEqual({})
  })
})
