import type Connection from 'kafkajs/src/network/connection.js'
import type { Answer } from 'kafkajs/src/network/connection.js'
import { FrameWriter } from './frame-writer.ts'

const FIRST_BYTES = 16_384
/** A buffer that one large request has made larger is not kept. */
const MOST_BYTES_KEPT = 4 * 1024 * 1024

const spare = new WeakMap<Connection, Buffer>()

/** A kind of request, as the connection's queue knows it. */
interface Api {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
}

/**
 * What `Connection.send` of kafkajs 2.2.4 does, with the frame made in one go by `write`; resolves with the bytes of the answer behind
 * the correlation id. `requestTimeoutMs` is kafkajs' own when null, and at least that.
 *
 * A connection keeps the buffer of a request for the next one once the broker has answered it: then it has read every byte.
 * That of a request which failed is not used again, for a socket that is ending may still be sending from it.
 */
export async function exchangeFrame(
  connection: Connection,
  { apiKey, apiVersion, apiName }: Api,
  requestTimeoutMs: number | null,
  write: (writer: FrameWriter, correlationId: number) => void,
): Promise<Buffer> {
  if (connection.sasl && !connection.isAuthenticated()) await connection.authenticate()
  connection.failIfNotConnected()
  const correlationId = connection.nextCorrelationId()
  const writer = new FrameWriter(spare.get(connection) ?? Buffer.allocUnsafeSlow(FIRST_BYTES))
  spare.delete(connection)
  write(writer, correlationId)

  const { payload } = await new Promise<Answer>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiVersion, apiName, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: requestTimeoutMs,
      sendRequest: () => void connection.socket?.write(writer.written()),
    })
  })
  if (writer.buffer.length <= MOST_BYTES_KEPT) spare.set(connection, writer.buffer)
  return payload
}
