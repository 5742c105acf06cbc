/** A REST answer that is asked for: its URL and what it costs of the venue's request weight. */
export interface RestRequest {
  readonly url: string
  readonly weight: number
}

/** What is asked for by messages on the connection: a book's stream begins anew, and its first message is a snapshot. */
export interface StreamRequest {
  readonly messages: readonly string[]
}

/** A subscription that the venue does not take. */
export interface SubscriptionRefusal {
  /** Stream name of what was subscribed to; absent where the venue does not say. */
  readonly stream?: string
  /** What the venue says of it. */
  readonly detail: string
}

/** How a venue is spoken to live: data and pure functions; the engine in `libs/feeds` does the I/O. */
export interface LiveProtocol {
  /** Label of metrics and events of its feed: binance_ws. */
  readonly source: string
  /** Where its streams and its REST paths are, unless the settings say otherwise. */
  readonly wsUrl: string
  readonly restUrl: string
  /**
   * The URL of one connection that carries every stream of the venue symbols, the books of `bookSymbols` only, which are all unless
   * told otherwise. Throws for more of them than one can carry.
   */
  readonly streamsUrl: (wsUrl: string, venueSymbols: readonly string[], bookSymbols?: readonly string[]) => string
  /** Messages that subscribe to the same streams, sent once it is open; absent where the URL does. */
  readonly subscribe?: (venueSymbols: readonly string[], bookSymbols?: readonly string[]) => readonly string[]
  /** The subscription that a message refuses, which is handed over like any other; undefined for others. */
  readonly refusalOf?: (message: Uint8Array) => SubscriptionRefusal | undefined
  /** A message that keeps a connection open when it is sent so often, milliseconds. The answer is a message like any other. */
  readonly keepAlive?: { readonly message: string; readonly everyMs: number }
  /** A snapshot of a venue symbol's book: by REST, or by its stream, which begins anew. */
  readonly snapshot: (restUrl: string, venueSymbol: string) => RestRequest | StreamRequest
  /** The venue's own list of its instruments, with their steps; it may be of more than the venue symbols. */
  readonly instrumentList: (restUrl: string, venueSymbols: readonly string[]) => RestRequest
  /** The venue symbol as messages of its book stream name it to `bookStreamOf`. */
  readonly streamName: (venueSymbol: string) => string
  /**
   * The stream name of a message that a book stream begins with: the snapshot where it brings one, else any message of it;
   * undefined for others. Called while a book stream is to begin.
   */
  readonly bookStreamOf: (message: Uint8Array) => string | undefined
  /** True for a message that says that the server is about to go. It is about the connection, not about the market. */
  readonly isGoodbye: (message: Uint8Array) => boolean
  /** What the venue allows. */
  readonly limits: {
    /** Request weight that an address may use in a minute. */
    readonly weightPerMinute: number
    /** Header of a REST answer that says how much of it is used; absent where none does. */
    readonly usedWeightHeader?: string
    /**
     * How long nothing may be sent after an answer with this status, milliseconds; undefined when it is no matter of rates.
     * `retryAfter` is that header's value.
     */
    readonly refusalWaitMs: (status: number, retryAfter: string | undefined) => number | undefined
    /** Age at which the venue ends a connection, milliseconds; absent where it does not. */
    readonly maxAgeMs?: number
  }
}
