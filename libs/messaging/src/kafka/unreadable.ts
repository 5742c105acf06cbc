import kafkajs from 'kafkajs'

/** It takes a message, other than its type says. */
const NotImplemented = kafkajs.KafkaJSNotImplemented as new (message: string) => Error

/** What no further try helps with: the one error with which a consumer of kafkajs crashes, and says so, instead of trying again. */
export function unreadable(message: string): Error {
  return new NotImplemented(message)
}
