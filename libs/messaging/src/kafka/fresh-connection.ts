import kafkajs from 'kafkajs'
import Connection from 'kafkajs/src/network/connection.js'

let isPatched = false

/**
 * Patches how connections of kafkajs 2.2.4 reconnect.
 *
 * 1. A connection that ended in the middle of an answer kept that half, took the next one's bytes for the rest of it, and
 *    from then on read lengths out of the middle of answers: no request was ever answered again. With the patch each begins
 *    empty, without the previous socket, and one caller at a time makes it.
 * 2. A request sent while a connection ended was not notified: it waited forever, since the check for late answers had ended
 *    too.
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
