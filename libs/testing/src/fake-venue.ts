import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** The venue's answer to a REST request, or to a handshake that it refuses. */
export interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A bar of a fake venue: its start, milliseconds, and its close, which oscillates with the time. */
export interface FakeBar {
  readonly openMs: number
  readonly close: string
}

/** The newest bars of a length, oldest first, the last one in progress. */
export function fakeBars(lengthMs: number, count: number): readonly FakeBar[] {
  const lastMs = Date.now() - (Date.now() % lengthMs)
  return Array.from({ length: count }, (_, i) => {
    const openMs = lastMs - (count - 1 - i) * lengthMs
    return { openMs, close: (100 + ((openMs / lengthMs) % 5)).toFixed(2) }
  })
}

/** Where a fake venue listens: on loopback, unless containers have to reach it. */
export async function listen(host = '127.0.0.1'): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return server
}

/**
 * A venue in the process: one server of WebSockets and REST, which sends only what a test tells it to. Subclasses define its
 * protocol.
 */
export abstract class FakeVenue {
  /** Handshakes in order, as paths with query; refused ones included. */
  readonly handshakes: string[] = []
  /** Payloads of the pongs received. */
  readonly pongs: string[] = []
  /** Requests for past bars in order, as paths with query. */
  readonly barRequests: string[] = []
  /** Decides the answers to requests for bars; undefined leaves the bars unchanged. */
  answerBars: (request: number) => Answer | undefined | Promise<Answer | undefined> = () => undefined
  /** Decides which handshakes are refused. */
  answerHandshake: (handshake: number) => Answer | undefined = () => undefined
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #waiting = new Set<() => void>()

  protected constructor(server: Server) {
    this.#server = server
    server.on('upgrade', (request, socket, head) => this.#onHandshake(request, socket as Socket, head))
    server.on('request', (request, response) => void this.#onRequest(request, response))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  get restUrl(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Open connections. */
  get open(): number {
    return this.#sockets.clients.size
  }

  /** Resolves when `isSo` holds; checked whenever something reaches the venue. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Sends to every connection. */
  send(message: string | Buffer): void {
    for (const socket of this.#sockets.clients) socket.send(message)
  }

  /** Terminates every connection without a close frame. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  /** Closes every connection with a close frame. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.#sockets.clients) socket.close(code, reason)
  }

  ping(payload: string): void {
    for (const socket of this.#sockets.clients) socket.ping(payload)
  }

  async stop(): Promise<void> {
    this.drop()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Answers a REST request. */
  protected abstract answerRest(url: URL): Answer | Promise<Answer>

  /** A connection is open. */
  protected onOpen(_client: WebSocket): void {}

  /** A message arrived on a connection. */
  protected onMessage(_text: string, _client: WebSocket): void {}

  /** Answers a request for bars with `bars`, unless a test has another answer. */
  protected async answerBarsWith(url: URL, bars: () => unknown): Promise<Answer> {
    this.barRequests.push(url.pathname + url.search)
    const answer = await this.answerBars(this.barRequests.length)
    return answer ?? { status: 200, body: JSON.stringify(bars()) }
  }

  /** Something has reached the venue. */
  #news(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #onHandshake(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined)
    this.handshakes.push(request.url ?? '')
    const refusal = this.answerHandshake(this.handshakes.length)
    if (refusal) {
      const headers = Object.entries(refusal.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\n${headers.join('')}Content-Length: 0\r\n\r\n`)
      return this.#news()
    }
    this.#sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
      client.on('pong', (payload) => {
        this.pongs.push(payload.toString())
        this.#news()
      })
      client.on('message', (data: Buffer) => {
        this.onMessage(data.toString(), client)
        this.#news()
      })
      client.on('close', () => this.#news())
      client.on('error', () => undefined)
      this.onOpen(client)
      this.#news()
    })
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = this.answerRest(new URL(request.url ?? '', this.restUrl))
    this.#news()
    const { status, body, headers } = await answer
    response.writeHead(status, headers).end(body)
  }
}
