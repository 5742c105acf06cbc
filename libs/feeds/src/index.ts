// The port
export type { Feed } from './feed.ts'
// Sources: what a run's frames come from
export {
  openCaptures,
  openSimulation,
  simulationPlanSchema,
  type CapturePlan,
  type Playing,
  type SimulationPlan,
  type Source,
} from './source.ts'
export { openRunSource, refuseNotUnderstood, runSourceSchema } from './run/run-source.ts'
export { disconnectReasons, OTHER_REASON } from './disconnect-reasons.ts'
// Capture files
export { DEFAULT_HOLE_US, openCapture, type CaptureFeed, type CaptureOptions } from './capture/open-capture.ts'
export { CaptureError, type CaptureErrorCode } from './capture/capture-error.ts'
export { openRecording, type RecordingOptions } from './capture/open-recording.ts'
export { RecordingError } from './capture/recording-error.ts'
// Live venues
export { createBinanceFeed, type BinanceFeed, type BinanceFeedOptions } from './binance/binance-feed.ts'
export type { BinanceVenue } from './binance/binance-venue.ts'
export type { BinanceFeedStats, DisconnectReason, FeedNotice } from './binance/feed-notice.ts'
export type { FeedTiming } from './binance/feed-timing.ts'
// Playing feeds together, for a time, at a pace
export { mergeFeeds } from './playback/merge-feeds.ts'
export { limitFeed } from './playback/limit-feed.ts'
export { skipFeed } from './playback/skip-feed.ts'
export { paceFeed, type PaceOptions, type Pause } from './playback/pace-feed.ts'
// The simulated market
export {
  createSimulatedMarket,
  simulatedMarketSchema,
  type SimulatedMarket,
  type SimulatedMarketConfig,
  type SimulatedMarketState,
} from './simulated/simulated-market.ts'
export {
  simulatedCheckpointSchema,
  simulatedFeed,
  type SimulatedCheckpoint,
  type SimulatedFeed,
} from './simulated/simulated-feed.ts'
export { simulatedInstruments, type SimulatedInstrument } from './simulated/simulated-instrument.ts'
export { scenarios, type Scenario, type ScenarioName } from './simulated/scenario.ts'
export { badTickKinds, type BadTickKind } from './simulated/bad-ticks.ts'
