import { refusedRight } from './not-authorized.ts'

const options = {
  brokers: ['a:9092'],
  clientId: 'test',
  nowUs: () => 1,
  sasl: { mechanism: 'scram-sha-512', username: 'data-plane', password: 'hunter2' },
} as const
const refused = Object.assign(new Error('Topic authorization failed'), { type: 'TOPIC_AUTHORIZATION_FAILED' })

describe('a right that the broker refuses', () => {
  it.each([
    ['alone', refused],
    ['among several', Object.assign(new Error('2 errors'), { errors: [new Error('other'), refused] })],
    ['inside another', new Error('outer', { cause: refused })],
  ])('%s is reported with the user and what helps, and not retried', (_, error) => {
    expect(refusedRight(error, options)).toMatchObject({
      code: 'not_authorized',
      retryable: false,
      message:
        'Expected Kafka at a:9092 to give the user data-plane the topics and its rights, was "Topic authorization failed". ' +
        '`triplane kafka prepare`, as a user who may, makes the topics and gives the rights.',
    })
  })

  it('is not confused with other failures', () => {
    expect(refusedRight(new Error('Connection timeout'), options)).toBeUndefined()
    expect(refusedRight(undefined, options)).toBeUndefined()
  })
})
