import { defineExchange, type Venue } from '../venue.ts'
import { bookChecksum } from './book-checksum.ts'
import { captures } from './captures.ts'
import { mapKraken } from './mapper.ts'

/**
 * Spot, by the public WebSocket protocol v1. Nothing has an id: trades are in the order of their arrival, books are proved by checksum.
 * Fees of the lowest tier.
 */
const krakenSpot: Venue = {
  id: 'kraken',
  fees: { makerBps: 25, takerBps: 40 },
  bookRule: { kind: 'checksum', checksum: bookChecksum },
  map: mapKraken,
}

export const kraken = defineExchange({ name: 'kraken', venues: [krakenSpot], captures })
