import { refusedLogin } from './not-authenticated.ts'

const options = {
  brokers: ['a:9092', 'b:9092'],
  clientId: 'test',
  nowUs: () => 1,
  sasl: { mechanism: 'scram-sha-512', username: 'ada', password: 'hunter2' },
} as const
/** An error as kafkajs throws it. */
const told = (message: string) => Object.assign(new Error(message), { name: 'KafkaJSSASLAuthenticationError' })

describe('a login', () => {
  it('that the broker refused is reported with the user, and not retried', () => {
    const refusal = refusedLogin(told('SASL PLAIN authentication failed: Invalid username or password'), options)
    expect(refusal).toMatchObject({
      code: 'not_authenticated',
      retryable: false,
      message:
        'Expected Kafka at a:9092, b:9092 to admit the user ada by SCRAM-SHA-512, ' +
        'was "SASL PLAIN authentication failed: Invalid username or password"',
    })
  })

  it('is recognised as refused inside other errors, and when the broker does not know the mechanism', () => {
    const unknown = Object.assign(new Error('not supported'), { type: 'UNSUPPORTED_SASL_MECHANISM' })
    expect(refusedLogin(new Error('outer', { cause: unknown }), options)?.message).toContain('was "not supported"')
  })

  it.each([
    'SASL SCRAM SHA512 authentication failed: Closed connection',
    'SASL SCRAM SHA512 authentication failed: Connection error: read ECONNRESET',
    'SASL SCRAM SHA512 authentication failed: Request SaslAuthenticate(key: 36, version: 1) timed out',
    'SASL SCRAM SHA512 authentication failed: Not connected',
  ])('that was interrupted is not refused: %s', (message) => {
    expect(refusedLogin(told(message), options)).toBeUndefined()
  })

  it('is not confused with other failures', () => {
    expect(refusedLogin(new Error('Connection timeout'), options)).toBeUndefined()
    expect(refusedLogin(undefined, options)).toBeUndefined()
  })
})
