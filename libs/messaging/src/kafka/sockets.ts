import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'

const KEEP_ALIVE_MS = 10_000

/** The open connections of one client: made without Nagle's algorithm, which would hold back the end of a large request. */
export class Sockets {
  readonly #open = new Map<Socket, string>()
  #isClosed = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  readonly create: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#open.set(socket, `${host}:${port}`)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#isClosed) socket.destroy(new Error('Expected an open client, was closed'))
    return socket
  }

  /** Ends the connections to `broker`, or all: what waits for an answer on them fails with `reason`. */
  drop(reason: string, broker?: string): void {
    for (const [socket, to] of this.#open) {
      if (broker === undefined || to === broker) socket.destroy(new Error(reason))
    }
  }

  /** Ends all, now and later: for a client that could not be closed in time. */
  close(): void {
    this.#isClosed = true
    this.drop('Expected an open client, was closed')
  }
}
