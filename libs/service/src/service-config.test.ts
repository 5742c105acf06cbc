import { composeConfig } from '@triplane/config'
import { hashToken } from '@triplane/control'
import { loadServiceConfig, planeSections } from './service-config.ts'

const schema = composeConfig(planeSections(8000))
const operatorsOf = (environment: Readonly<Record<string, string>>) =>
  loadServiceConfig(schema, environment).operator.tokens

describe('the operators of a service', () => {
  it('are read from the environment', () => {
    const ada = { name: 'ada', hash: hashToken('token-of-ada') }
    expect(operatorsOf({ TRIPLANE_OPERATOR_TOKENS: `ada:${ada.hash}` })).toEqual([ada])
  })

  it('are none without a token', () => {
    expect(operatorsOf({})).toEqual([])
  })

  it('are refused with the configuration when an entry is wrong, which is not shown', () => {
    const read = () => operatorsOf({ TRIPLANE_OPERATOR_TOKENS: 'ada:swordfish' })
    expect(read).toThrow('(TRIPLANE_OPERATOR_TOKENS): expected 64 hex digits behind the name and its colon, found ***')
    expect(read).not.toThrow(/swordfish/)
  })
})

describe('the addresses of servers', () => {
  const load = (environment: Readonly<Record<string, string>>) => loadServiceConfig(schema, environment)

  it.each(['postgres://ann:pw@db:5432/x', 'postgresql:///x?host=/run/postgresql'])('DATABASE_URL may be %s', (url) => {
    expect(load({ DATABASE_URL: url }).storage.url).toBe(url)
  })

  it.each([
    ['DATABASE_URL', 'postgres:/ann:swordfish@db/x'],
    ['DATABASE_URL', 'postgres://ann:sword/fish@db/x'],
    ['DATABASE_URL', 'ann:swordfish@db'],
    ['REDIS_URL', 'redis:/ann:swordfish@cache'],
    ['REDIS_URL', 'http://ann:swordfish@cache'],
  ])('%s is none of %s, which is not shown', (name, url) => {
    expect(() => load({ [name]: url })).toThrow(/expected an address such as \w+:\/\/.*, found \*\*\*/)
    expect(() => load({ [name]: url })).not.toThrow(/sword|fish/)
  })
})
