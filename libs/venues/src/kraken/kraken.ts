import { defineExchange, type Venue } from '../venue.ts'
import { readAssetPairs } from './asset-pairs.ts'
import { bookChecksum } from './book-checksum.ts'
import { captures } from './captures.ts'
import { krakenKlines } from './klines.ts'
import { krakenLive } from './live.ts'
import { mapKraken } from './mapper.ts'
import { parseJson } from './parse-json.ts'

/**
 * Spot, live with the public WebSocket protocol v2, and recordings of it and of v1. Books are proved by checksum; trades have
 * ids in v2 only, and are otherwise in arrival order. Fees of the lowest tier.
 */
const krakenSpot: Venue = {
  id: 'kraken',
  fees: { makerBps: 25, takerBps: 40 },
  bookRule: { kind: 'checksum', checksum: bookChecksum },
  parseJson,
  map: mapKraken,
  isInstrumentListUrl: ({ pathname }) => pathname.endsWith('/public/AssetPairs'),
  readInstrumentList: readAssetPairs,
  live: krakenLive,
  klines: krakenKlines,
}

export const kraken = defineExchange({ name: 'kraken', venues: [krakenSpot], captures })
