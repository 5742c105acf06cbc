/** A REST answer that is asked for: its URL and what it costs of the venue's request weight. */
export interface RestRequest {
  readonly url: string
  readonly weight: number
}

/** How a venue is spoken to live: data and pure functions; the engine in `libs/feeds` does the I/O. */
export interface LiveProtocol {
  /** Label of metrics and events of its feed: binance_ws. */
  readonly source: string
  /** Where its streams and its REST paths are, unless the settings say otherwise. */
  readonly wsUrl: string
  readonly restUrl: string
  /** The URL of one connection that carries every stream of the venue symbols. Throws for more of them than one can carry. */
  readonly streamsUrl: (wsUrl: string, venueSymbols: readonly string[]) => string
  /** A snapshot of a venue symbol's book. */
  readonly snapshot: (restUrl: string, venueSymbol: string) => RestRequest
  /** The venue's own list of its instruments, with their steps; it may be of more than the venue symbols. */
  readonly instrumentList: (restUrl: string, venueSymbols: readonly string[]) => RestRequest
  /** The venue symbol as messages of its book stream name it to `bookStreamOf`. */
  readonly streamName: (venueSymbol: string) => string
  /** The stream name of a message of a book stream; undefined for others. Called until each book stream has begun. */
  readonly bookStreamOf: (message: Uint8Array) => string | undefined
  /** True for a message that says that the server is about to go. It is about the connection, not about the market. */
  readonly isGoodbye: (message: Uint8Array) => boolean
  /** What the venue allows. */
  readonly limits: {
    /** Request weight that an address may use in a minute. */
    readonly weightPerMinute: number
    /** Header of a REST answer that says how much of it is used. */
    readonly usedWeightHeader: string
    /**
     * How long nothing may be sent after an answer with this status, milliseconds; undefined when it is no matter of rates.
     * `retryAfter` is that header's value.
     */
    readonly refusalWaitMs: (status: number, retryAfter: string | undefined) => number | undefined
    /** Age at which the venue ends a connection, milliseconds. */
    readonly maxAgeMs: number
  }
}
