import { messages } from '../../test/kraken-frames.ts'
import { inspectPayload, unsupportedVenue, venueOfUrl } from '../captures.ts'

it.each([
  ['wss://ws.kraken.com', 'kraken'],
  ['wss://beta-ws.kraken.com/', 'kraken'],
  ['wss://ws.kraken.com/v2', 'kraken_v2'],
  ['wss://futures.kraken.com/ws/v1', undefined],
  ['wss://ws.kraken.com.evil.example', undefined],
])('%s leads to %s', (url, venue) => {
  expect(venueOfUrl(url)).toBe(venue)
  expect(unsupportedVenue(venue ?? '') === undefined).toBe(venue !== 'kraken_v2')
})

it.each([
  ...(['status', 'subscribed', 'refused', 'trades', 'spread', 'ticker', 'snapshot', 'delta'] as const).map((kind) => ({
    name: kind,
    text: messages[kind],
    venue: 'kraken',
  })),
  { name: 'a heartbeat, which others have too', text: messages.heartbeat, venue: undefined },
  { name: 'an array of something else', text: '[0,"tu",[1,2],{"seq":3}]', venue: undefined },
  { name: 'an array without a pair', text: '[0,[],"trade",7]', venue: undefined },
])('takes $name for $venue', ({ text, venue }) => {
  expect(inspectPayload(text).venue).toBe(venue)
})
