import { Backoff } from '@triplane/async'
import { invariant, systemClock } from '@triplane/kernel'
import { Redis } from 'ioredis'
import {
  defaultExpirySeconds,
  type ExpirySeconds,
  type LatestState,
  type Noted,
  type StateHealth,
  type StateKind,
  type StateOptions,
  type StateValues,
} from './latest-state.ts'
import { StateError, stateFault } from './state-error.ts'
import { storedValue } from './stored-value.ts'
import { WaitingValues, type WaitingValue } from './waiting-values.ts'

export interface RedisStateOptions extends StateOptions {
  /** redis://127.0.0.1:6379, rediss:// for TLS; may hold user and password. */
  readonly url: string
  /** Overrides the password in the URL. */
  readonly password?: string
  /** How long values wait to be written together. Default 100 ms. */
  readonly flushIntervalMs?: number
  /** How long Redis may take to answer. Default 2000 ms. */
  readonly commandTimeoutMs?: number
}

const BACKOFF = { firstMs: 100, longestMs: 5000 }
const SCAN_COUNT = 1000

/**
 * The latest state in Redis, for anyone with access: `triplane:<account>:<kind>:<key>` holds the value as JSON. It reconnects
 * forever; while it cannot connect, the newest value of each key waits.
 */
export function createRedisState(options: RedisStateOptions): LatestState {
  return new RedisState(options)
}

class RedisState implements LatestState {
  readonly #prefix: string
  readonly #livesSeconds: ExpirySeconds
  readonly #maxKeys: number
  readonly #nowUs: () => number
  readonly #flushIntervalMs: number
  readonly #redis: Redis
  readonly #waiting = new WaitingValues()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  readonly #reconnects = new Backoff(BACKOFF)
  readonly #writes = new Backoff(BACKOFF)
  /** Delay before new values are written. */
  #delayMs: number
  #errors = 0
  #dropped = 0
  #closed = false
  #closing: Promise<void> | undefined
  #fault: StateError | undefined = new StateError('unavailable', 'Expected a connection to Redis, was not made yet')

  constructor(options: RedisStateOptions) {
    const { account, url, password, commandTimeoutMs = 2000 } = options
    invariant(/^[^:\s]+$/.test(account), `account has no colon and no space, was ${JSON.stringify(account)}`)
    this.#prefix = `triplane:${account}:`
    this.#livesSeconds = { ...defaultExpirySeconds, ...options.expirySeconds }
    this.#maxKeys = options.maxKeys ?? 10_000
    this.#nowUs = options.nowUs ?? (() => systemClock.nowUs())
    this.#flushIntervalMs = options.flushIntervalMs ?? 100
    this.#delayMs = this.#flushIntervalMs
    this.#redis = new Redis(url, {
      ...(password !== undefined && { password }),
      connectionName: 'triplane',
      connectTimeout: 5000,
      commandTimeout: commandTimeoutMs,
      disconnectTimeout: 200,
      keepAlive: 10_000,
      retryStrategy: () => this.#reconnects.next(),
      // Values wait here, where newer ones replace older ones; the client must neither queue nor resend.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    })
    this.#redis.on('error', (error) => this.#failed(stateFault(error, 'reach Redis')))
    this.#redis.on('close', () => {
      this.#fault ??= new StateError('unavailable', 'Expected a connection to Redis, was closed by the other side')
    })
    this.#redis.on('ready', () => {
      this.#reconnects.reset()
      this.#worked()
      void this.flush()
    })
  }

  set<Kind extends StateKind>(kind: Kind, key: string, value: StateValues[Kind]): void {
    const isTaken = !this.#closed && this.#waiting.add(kind, key, value, this.#nowUs(), this.#maxKeys)
    if (!isTaken) this.#dropped++
    else this.#schedule()
  }

  async get<Kind extends StateKind>(kind: Kind, key: string): Promise<Noted<StateValues[Kind]> | undefined> {
    const text = await this.#read(`get ${kind} ${key}`, () => this.#redis.get(`${this.#prefix}${kind}:${key}`))
    return parsed(text)
  }

  async list<Kind extends StateKind>(kind: Kind): Promise<ReadonlyMap<string, Noted<StateValues[Kind]>>> {
    const prefix = `${this.#prefix}${kind}:`
    return this.#read(`list ${kind}`, async () => {
      const keys = await this.#keysFrom(prefix)
      const texts = keys.length === 0 ? [] : await this.#redis.mget(keys)
      const values = new Map<string, Noted<StateValues[Kind]>>()
      for (const [i, key] of keys.entries()) {
        const value = parsed<Noted<StateValues[Kind]>>(texts[i])
        if (value) values.set(key.slice(prefix.length), value)
      }
      return values
    })
  }

  health(): StateHealth {
    return {
      isHealthy: this.#fault === undefined && !this.#closed,
      waiting: this.#waiting.size,
      errors: this.#errors,
      dropped: this.#dropped,
      ...(this.#fault && { fault: this.#fault }),
    }
  }

  async flush(): Promise<void> {
    // Values set during a write go into the next one.
    if (this.#flushing) await this.#flushing
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined
      this.#schedule()
    })
    await this.#flushing
  }

  close(): Promise<void> {
    this.#closed = true
    this.#closing ??= (async () => {
      clearTimeout(this.#timer)
      await this.flush()
      this.#redis.disconnect()
    })()
    return this.#closing
  }

  /** Schedules a write of the waiting values. Without a connection, the reconnect writes them. */
  #schedule(): void {
    if (this.#closed || this.#timer || this.#flushing || this.#waiting.size === 0 || this.#redis.status !== 'ready')
      return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, this.#delayMs)
    this.#timer.unref()
  }

  /** Writes the waiting values in one pipeline. Values that Redis refused keep waiting. Never rejects. */
  async #write(): Promise<void> {
    if (this.#redis.status !== 'ready' || this.#waiting.size === 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    const values = this.#waiting.all()
    try {
      const refused = await this.#send(values)
      if (refused) throw refused
      this.#waiting.remove(values)
      this.#worked()
    } catch (error) {
      this.#delayMs = this.#writes.next()
      const fault = stateFault(error, 'write to Redis')
      this.#failed(fault)
      // The first unanswered command reveals a connection that vanished: make a new one.
      if (fault.code === 'unavailable' && this.#redis.status === 'ready' && !this.#closed) this.#redis.disconnect(true)
    }
  }

  /** Sends the values that have not expired. Returns the first error; all of them may be sent again. */
  async #send(values: readonly WaitingValue[]): Promise<Error | undefined> {
    const now = this.#nowUs()
    const pipeline = this.#redis.pipeline()
    for (const waiting of values) {
      const { kind, key, notedUs } = waiting
      const livesMs = Math.ceil(this.#livesSeconds[kind] * 1000 - (now - notedUs) / 1000)
      if (livesMs <= 0) continue
      pipeline.set(`${this.#prefix}${kind}:${key}`, JSON.stringify(storedValue(waiting)), 'PX', livesMs)
    }
    if (pipeline.length === 0) return undefined
    const replies = await pipeline.exec()
    return replies?.find(([error]) => error !== null)?.[0] ?? undefined
  }

  async #keysFrom(prefix: string): Promise<string[]> {
    const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`
    // A scan may return a key twice.
    const keys = new Set<string>()
    let cursor = '0'
    do {
      const [next, found] = await this.#redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
      for (const key of found) keys.add(key)
      cursor = next
    } while (cursor !== '0')
    return [...keys].sort()
  }

  async #read<Result>(doing: string, read: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new StateError('closed', 'Expected the latest state to be open, was closed')
    try {
      return await read()
    } catch (error) {
      throw stateFault(error, doing)
    }
  }

  #worked(): void {
    this.#fault = undefined
    this.#writes.reset()
    this.#delayMs = this.#flushIntervalMs
  }

  #failed(fault: StateError): void {
    this.#errors++
    this.#fault = fault
  }
}

/** Parses the value in `text`. Anything but a JSON object was not written by us and reads as absent. */
function parsed<Value extends object>(text: string | null | undefined): Value | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return typeof value === 'object' && value !== null ? (value as Value) : undefined
  } catch {
    return undefined
  }
}
