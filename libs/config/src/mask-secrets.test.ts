import { isSecretName, maskSecrets } from './mask-secrets.ts'

it.each([
  'password',
  'DB_PASSWORD',
  'apiKey',
  'API_KEY',
  'clientSecret',
  'authToken',
  'Authorization',
  'slackWebhookUrl',
])('treats %s as the name of a secret', (name) => {
  expect(isSecretName(name)).toBe(true)
})

it.each(['symbol', 'key', 'bypass', 'compassion', 'monkey', 'keyedBy'])('treats %s as an ordinary name', (name) => {
  expect(isSecretName(name)).toBe(false)
})

it('masks by name at any depth, passwords in URLs anywhere, and nothing else', () => {
  const given = {
    port: 5432,
    venue: { apiKey: 'k', keys: [{ secret: ['a', 'b'] }], password: undefined },
    urls: new Set(['postgres://triplane:pw@db:5432/triplane', 'https://host/a:b@c']),
    byName: new Map([['token', 'k']]),
    at: new Date(0),
    none: null,
  }
  expect(maskSecrets(given)).toEqual({
    port: 5432,
    venue: { apiKey: '***', keys: [{ secret: '***' }], password: undefined },
    urls: ['postgres://triplane:***@db:5432/triplane', 'https://host/a:b@c'],
    byName: { token: '***' },
    at: '1970-01-01T00:00:00.000Z',
    none: null,
  })
})

it('cuts off circles and deep nesting', () => {
  const circle: Record<string, unknown> = { a: 1 }
  circle['self'] = circle
  expect(maskSecrets(circle)).toEqual({ a: 1, self: '[circular]' })
  expect(JSON.stringify(maskSecrets(Array.from({ length: 9 }).reduce((inner) => [inner], 1)))).toBe(
    '[[[[[["[too deep]"]]]]]]',
  )
})

it('shows an error with the secrets of its message masked', () => {
  const error = Object.assign(new Error('cannot reach redis://:pw@cache'), { code: 'ECONNREFUSED' })
  expect(maskSecrets(error)).toMatchObject({
    name: 'Error',
    message: 'cannot reach redis://:***@cache',
    code: 'ECONNREFUSED',
  })
})

it.each([
  ['postgres://ann:p@ss/w#rd@db:5432/x', 'postgres://ann:***@db:5432/x'],
  ['reach redis://:pw@a and redis://:pw@b', 'reach redis://:***@a and redis://:***@b'],
])('masks a password that was not encoded: %s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked)
})
