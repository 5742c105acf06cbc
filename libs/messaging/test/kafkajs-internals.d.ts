/** The internals of kafkajs 2.2.4 that tests compare with. */
declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  import type { Exchange } from 'kafkajs/src/network/connection.js'

  export default function createFetch(of: object): Exchange['request']
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  interface FetchedPartition {
    readonly partition: number
    readonly errorCode: number
    readonly highWatermark: string
  }

  const response: {
    decode(payload: Buffer): Promise<{
      readonly clientSideThrottleTime: number
      readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
    }>
  }
  export default response
}

declare module 'kafkajs/src/consumer/batch.js' {
  import type { KafkaMessage } from 'kafkajs'

  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partitionData: object)
    readonly messages: readonly KafkaMessage[]
  }
}
