import { composeConfig } from '@triplane/config'
import { hashToken } from '@triplane/control'
import { loadServiceConfig, serviceParts } from './service-config.ts'

const schema = composeConfig(serviceParts(8000))
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
    expect(read).toThrow('TRIPLANE_OPERATOR_TOKENS[0]: expected 64 hex digits behind "ada:"')
    expect(read).not.toThrow(/swordfish/)
  })
})
