import kafkajs from 'kafkajs'
import Connection from 'kafkajs/src/network/connection.js'

let isPatched = false

/**
 * Patches the connections of kafkajs 2.2.4, which are made again after they have ended.
 *
 * 1. One that ended in the middle of an answer kept its half, took the next one's bytes for the rest of it, and read lengths out
 *    of the middle of answers from then on: no request was ever answered again. Each begins with nothing here, without the
 *    socket before it, and is made by one caller at a time.
 * 2. A request that was sent while one ended was not told: it waited forever, since what looks for late answers had ended too.
 */
export function patchReconnect(): void {
  if (isPatched) return
  isPatched = true
  const { connect, disconnect } = Connection.prototype
  const underWay = new WeakMap<Connection, Promise<unknown>>()

  function connectAfresh(connection: Connection): Promise<unknown> {
    connection.socket?.destroy()
    connection.chunks = []
    connection.bytesBuffered = 0
    connection.bytesNeeded = Int32Array.BYTES_PER_ELEMENT
    const connecting = connect.call(connection).finally(() => underWay.delete(connection))
    underWay.set(connection, connecting)
    return connecting
  }

  Connection.prototype.connect = async function (this: Connection) {
    return this.isConnected() ? true : (underWay.get(this) ?? connectAfresh(this))
  }

  Connection.prototype.disconnect = async function (this: Connection) {
    const done = await disconnect.call(this)
    if (!this.isConnected()) this.rejectRequests(new kafkajs.KafkaJSConnectionError('Closed connection'))
    return done
  }
}
