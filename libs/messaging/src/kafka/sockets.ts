import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { Signal } from '@triplane/async'
import type { ISocketFactory } from 'kafkajs'
import { refusedCertificate } from './not-authenticated.ts'
import type { KafkaTls } from './kafka-options.ts'

const KEEP_ALIVE_MS = 10_000

export interface SocketsObserver {
  /** Called when a broker sends anything. */
  readonly onHeard?: () => void
  /** Called when either side ends a connection. */
  readonly onClosed?: () => void
}

/** The open connections of one client, without Nagle's algorithm, which would delay the end of a large request. */
export class Sockets {
  readonly #open = new Map<Socket, string>()
  readonly #refused = new Signal()
  #refusal: Error | undefined
  #failure: Error | undefined
  #isClosed = false
  readonly #observer: SocketsObserver

  constructor(observer: SocketsObserver = {}) {
    this.#observer = observer
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Why the newest connection ended, if none has been made since. */
  get failure(): Error | undefined {
    return this.#failure
  }

  readonly create: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const connected = () => {
      this.#failure = undefined
      onConnect()
    }
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, connected)
      : connect({ host, port }, connected)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#open.set(socket, `${host}:${port}`)
    socket.on('data', () => this.#observer.onHeard?.())
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#observer.onClosed?.()
    })
    socket.once('end', () => (this.#failure = new Error('the connection was closed')))
    socket.on('error', (error: Error) => this.#failed(socket, error, ssl as KafkaTls))
    if (this.#isClosed) socket.destroy(new Error('Expected an open client, was closed'))
    return socket
  }

  /** Returns the result of `work`, unless a side refuses a certificate first: kafkajs would keep retrying. */
  unlessRefused<T>(work: Promise<T>): Promise<T> {
    const refused = this.#refused.raised().then((): never => {
      throw this.#refusal as Error
    })
    return Promise.race([work, refused])
  }

  /** Ends the connections to `broker`, or all: their pending requests fail with `reason`. */
  drop(reason: string, broker?: string): void {
    for (const [socket, to] of this.#open) {
      if (broker === undefined || to === broker) socket.destroy(new Error(reason))
    }
  }

  /** Ends all connections, now and later: for a client that could not be closed in time. */
  close(): void {
    this.#isClosed = true
    this.drop('Expected an open client, was closed')
  }

  #failed(socket: Socket, error: Error, tls: KafkaTls): void {
    this.#failure = error
    if (!(socket instanceof TLSSocket)) return
    const refusal = refusedCertificate(socket, error, this.#open.get(socket) ?? '', tls)
    if (refusal === undefined) return
    this.#refusal = refusal
    this.#refused.raise()
  }
}
