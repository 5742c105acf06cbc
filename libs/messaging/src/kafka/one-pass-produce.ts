import Connection, { type Exchange } from 'kafkajs/src/network/connection.js'
import produce from 'kafkajs/src/protocol/requests/produce/index.js'
import { exchangeFrame } from './frame-exchange.ts'
import { writeProduce, type ProduceRequest } from './produce-request.ts'

/** The versions of Produce whose bytes `writeProduce` makes. kafkajs speaks no later one. */
const FIRST_VERSION = 3

let isPatched = false

/**
 * Makes kafkajs 2.2.4 write its requests to produce in one pass, the same bytes (`writeProduce`). What is compressed it writes
 * itself. Everything else is kafkajs' own: leaders, sequences, retries, the queue of requests, TLS and SASL.
 */
export function patchProduce(): void {
  if (isPatched) return
  isPatched = true
  const requestsOf = new WeakMap<object, ProduceRequest>()

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

  async function sendProduce(connection: Connection, exchange: Exchange, request: ProduceRequest): Promise<unknown> {
    const { request: api, response } = exchange
    const { clientId } = connection
    const payload = await exchangeFrame(connection, api, null, (writer, correlationId) =>
      writeProduce(writer, { apiVersion: api.apiVersion, correlationId, clientId }, request),
    )
    const answer = await response.decode(payload)
    connection.requestQueue.maybeThrottle(answer.clientSideThrottleTime)
    return response.parse(answer)
  }
}
