// The venues
export { liveVenues, venueById, venues } from './registry.ts'
export type { Fees } from './venue.ts'
export type { LiveProtocol, RestRequest, StreamRequest, SubscriptionRefusal } from './live-protocol.ts'
// Frames into events
export { createNormalizer, type Normalizer } from './normalizer.ts'
export { isInstrumentListUrl, readInstrumentList } from './instrument-list.ts'
export { isPastBarsUrl, readPastBars } from './past-bars.ts'
export type { Klines } from './klines.ts'
export { isJsonObject } from './field-reader.ts'
// What a recording reveals about itself
export { inspectPayload, recordedVenues, unsupportedVenue, venueOfUrl } from './captures.ts'
