/** For tests of a whole plane on a live feed. */
export { createLiveFeed } from '../src/live/live-feed.ts'
export { openRecording } from '../src/capture/open-recording.ts'
export { FakeBinance } from './fake-binance.ts'
export { FakeKraken } from './fake-kraken.ts'
