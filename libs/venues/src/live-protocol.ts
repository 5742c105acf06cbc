/** A REST request: its URL and its cost in the venue's request weight. */
export interface RestRequest {
  readonly url: string
  readonly weight: number
}

/** A request by messages on the connection: a book's stream restarts, and its first message is a snapshot. */
export interface StreamRequest {
  readonly messages: readonly string[]
}

/** A subscription that the venue refuses. */
export interface SubscriptionRefusal {
  /** Name of the refused stream; absent when the venue does not say. */
  readonly stream?: string
  /** The venue's reason. */
  readonly detail: string
}

/** How to communicate with a live venue: data and pure functions; the engine in `libs/feeds` does the I/O. */
export interface LiveProtocol {
  /** Label of metrics and events of its feed: binance_ws. */
  readonly source: string
  /** The URLs of its streams and its REST paths; the settings may override them. */
  readonly wsUrl: string
  readonly restUrl: string
  /**
   * The URL of one connection with every stream of the venue symbols, and the books of `bookSymbols`, by default all. Throws
   * when one connection cannot have that many.
   */
  readonly streamsUrl: (wsUrl: string, venueSymbols: readonly string[], bookSymbols?: readonly string[]) => string
  /** Messages that subscribe to the same streams, sent once the connection is open; absent when the URL does. */
  readonly subscribe?: (venueSymbols: readonly string[], bookSymbols?: readonly string[]) => readonly string[]
  /** The subscription that a message refuses; undefined for other messages. The message is handed over like any other. */
  readonly refusalOf?: (message: Uint8Array) => SubscriptionRefusal | undefined
  /**
   * A message that keeps a connection open when sent at this interval, milliseconds. The answer is a message like any other.
   */
  readonly keepAlive?: { readonly message: string; readonly everyMs: number }
  /** Requests a snapshot of a venue symbol's book: by REST, or by its stream, which restarts. */
  readonly snapshot: (restUrl: string, venueSymbol: string) => RestRequest | StreamRequest
  /** Requests the venue's own list of its instruments, with their steps; it may have more than the venue symbols. */
  readonly instrumentList: (restUrl: string, venueSymbols: readonly string[]) => RestRequest
  /** The name that `bookStreamOf` returns for a venue symbol's book stream. */
  readonly streamName: (venueSymbol: string) => string
  /**
   * The stream name of the first message of a book stream: the snapshot if it brings one, otherwise any message of it;
   * undefined for other messages. Called while a book stream is expected to begin.
   */
  readonly bookStreamOf: (message: Uint8Array) => string | undefined
  /** True for a message that announces the end of the server. It is about the connection, not about the market. */
  readonly isGoodbye: (message: Uint8Array) => boolean
  /** The venue's limits. */
  readonly limits: {
    /** Request weight that an address may use in a minute. */
    readonly weightPerMinute: number
    /** Header of a REST answer with the weight used; absent when there is none. */
    readonly usedWeightHeader?: string
    /**
     * How long to send nothing after an answer with this status, milliseconds; undefined when it is not about rates.
     * `retryAfter` is that header's value.
     */
    readonly refusalWaitMs: (status: number, retryAfter: string | undefined) => number | undefined
    /** Age at which the venue ends a connection, milliseconds; absent when it does not. */
    readonly maxAgeMs?: number
  }
}
