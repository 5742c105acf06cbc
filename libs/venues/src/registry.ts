import { binance } from './binance/binance.ts'
import { kraken } from './kraken/kraken.ts'
import { simulated } from './simulated/simulated.ts'
import type { Exchange, Venue } from './venue.ts'

/** Every supported exchange. */
export const exchanges: readonly Exchange[] = [binance, kraken, simulated]

/** Every venue, in the order of the exchanges. */
export const venues: readonly Venue[] = exchanges.flatMap((exchange) => exchange.venues)

/** Ids of the venues that support live data. */
export const liveVenues: readonly string[] = venues.filter(({ live }) => live !== undefined).map(({ id }) => id)

const byId: ReadonlyMap<string, Venue> = new Map(venues.map((venue) => [venue.id, venue]))

/** The venue with this id. */
export const venueById = (id: string): Venue | undefined => byId.get(id)
