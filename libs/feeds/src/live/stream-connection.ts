import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { LiveProtocol } from '@triplane/venues'
import type { DisconnectReason } from './feed-notice.ts'
import type { FeedTiming } from './feed-timing.ts'

/** How a connection ended. */
export interface ConnectionEnd {
  readonly reason: DisconnectReason
  readonly detail: string
  /** The venue refuses further attempts for this time, milliseconds. */
  readonly waitMs?: number
}

/** The callbacks of a connection. None is called after `onEnd`, or after `cut`. */
export interface ConnectionEvents {
  readonly onOpen: () => void
  readonly onMessage: (bytes: Buffer) => void
  /** The connection broke or was closed, or an attempt to connect failed. */
  readonly onEnd: (end: ConnectionEnd) => void
}

/** Longer messages end the connection; lines of a capture are at most 16 MB. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024

/**
 * One WebSocket connection, from the handshake to its end. `ws` answers pings with their own payload, as venues require, but
 * only messages are signs of life.
 */
export class StreamConnection {
  readonly #socket: WebSocket
  readonly #events: ConnectionEvents
  readonly #stallAfterMs: number
  readonly #protocol: LiveProtocol
  #watch: NodeJS.Timeout | undefined
  #keepAlive: NodeJS.Timeout | undefined
  #hasNews = false
  #isOver = false

  constructor(url: string, { answerMs, stallAfterMs }: FeedTiming, protocol: LiveProtocol, events: ConnectionEvents) {
    this.#protocol = protocol
    this.#events = events
    this.#stallAfterMs = stallAfterMs
    this.#socket = new WebSocket(url, {
      handshakeTimeout: answerMs,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      // The normaliser refuses a frame that is not UTF-8; the connection need not end for it.
      skipUTF8Validation: true,
    })
    this.#socket.on('open', () => this.#onOpen())
    this.#socket.on('message', (data) => this.#onMessage(data as Buffer))
    this.#socket.on('error', (error) => this.#end({ reason: 'error', detail: error.message }))
    this.#socket.on('close', (code, reason) => {
      this.#end({ reason: 'closed', detail: `code ${code} ${reason.toString('latin1')}`.trim() })
    })
    this.#socket.on('unexpected-response', (_, response) => this.#onRefusal(response))
  }

  /** Sends messages, one by one. */
  send(messages: readonly string[]): void {
    for (const message of messages) this.#socket.send(message)
  }

  /** Cuts the connection, without further callbacks. */
  cut(): void {
    this.#isOver = true
    clearInterval(this.#watch)
    clearInterval(this.#keepAlive)
    this.#socket.terminate()
  }

  #onOpen(): void {
    if (this.#isOver) return
    let silentTicks = 0
    this.#watch = setInterval(() => {
      silentTicks = this.#hasNews ? 0 : silentTicks + 1
      this.#hasNews = false
      if (silentTicks >= 2) this.#end({ reason: 'stalled', detail: `no message for ${this.#stallAfterMs} ms` })
    }, this.#stallAfterMs / 2)
    const { keepAlive } = this.#protocol
    if (keepAlive) this.#keepAlive = setInterval(() => this.send([keepAlive.message]), keepAlive.everyMs)
    this.#events.onOpen()
  }

  #onMessage(bytes: Buffer): void {
    if (this.#isOver) return
    this.#hasNews = true
    this.#events.onMessage(bytes)
  }

  #onRefusal(response: IncomingMessage): void {
    const status = response.statusCode ?? 0
    const waitMs = this.#protocol.limits.refusalWaitMs(status, response.headers['retry-after'])
    response.destroy()
    this.#end({
      reason: 'error',
      detail: `Expected a WebSocket, was status ${status}`,
      ...(waitMs !== undefined && { waitMs }),
    })
  }

  #end(end: ConnectionEnd): void {
    if (this.#isOver) return
    this.cut()
    this.#events.onEnd(end)
  }
}
