import Connection, { type Answer, type Exchange } from 'kafkajs/src/network/connection.js'
import produce from 'kafkajs/src/protocol/requests/produce/index.js'
import { FrameWriter } from './frame-writer.ts'
import { writeProduce, type ProduceRequest } from './produce-request.ts'

/** The versions of Produce whose bytes `writeProduce` makes. kafkajs speaks no later one. */
const FIRST_VERSION = 3
const FIRST_BYTES = 16_384
/** A buffer that one large request has made larger is not kept. */
const MOST_BYTES_KEPT = 4 * 1024 * 1024

let isPatched = false

/**
 * Makes kafkajs 2.2.4 write its requests to produce in one pass, the same bytes (`writeProduce`). What is compressed it writes
 * itself. Everything else is kafkajs' own: leaders, sequences, retries, the queue of requests, TLS and SASL.
 *
 * A connection keeps the buffer of a request for the next one once the broker has answered it: then it has read every byte.
 * That of a request which failed is not used again, for a socket that is ending may still be sending from it.
 */
export function patchProduce(): void {
  if (isPatched) return
  isPatched = true
  const requestsOf = new WeakMap<object, ProduceRequest>()
  const spare = new WeakMap<Connection, Buffer>()

  const { protocol } = produce
  produce.protocol = ({ version }) => {
    const create = protocol({ version })
    return (given) => {
      const exchange = create(given)
      if (version >= FIRST_VERSION && !given.compression) requestsOf.set(exchange.request, given)
      return exchange
    }
  }

  const { send } = Connection.prototype
  Connection.prototype.send = function (this: Connection, exchange: Exchange) {
    const request = requestsOf.get(exchange.request)
    return request && request.acks !== 0 ? sendProduce(this, exchange, request) : send.call(this, exchange)
  }

  /** What `send` of kafkajs does, with the frame made in one go. */
  async function sendProduce(connection: Connection, exchange: Exchange, request: ProduceRequest): Promise<unknown> {
    if (!connection.isAuthenticated()) await connection.authenticate()
    connection.failIfNotConnected()
    const { apiKey, apiVersion, apiName } = exchange.request
    const correlationId = connection.nextCorrelationId()
    const writer = new FrameWriter(spare.get(connection) ?? Buffer.allocUnsafeSlow(FIRST_BYTES))
    spare.delete(connection)
    writeProduce(writer, { apiVersion, correlationId, clientId: connection.clientId }, request)

    const { payload } = await new Promise<Answer>((resolve, reject) => {
      connection.requestQueue.push({
        entry: { apiKey, apiVersion, apiName, correlationId, resolve, reject },
        expectResponse: true,
        requestTimeout: null,
        sendRequest: () => void connection.socket?.write(writer.written()),
      })
    })
    if (writer.buffer.length <= MOST_BYTES_KEPT) spare.set(connection, writer.buffer)
    const answer = await exchange.response.decode(payload)
    connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime)
    return exchange.response.parse(answer)
  }
}
