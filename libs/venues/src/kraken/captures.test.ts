import { messages } from '../../test/kraken-frames.ts'
import { v2Messages } from '../../test/kraken-v2-frames.ts'
import { inspectPayload, unsupportedVenue, venueOfUrl } from '../captures.ts'

it.each([
  ['wss://ws.kraken.com', 'kraken'],
  ['wss://beta-ws.kraken.com/', 'kraken'],
  ['wss://ws.kraken.com/v2', 'kraken'],
  ['wss://beta-ws.kraken.com/v2', 'kraken'],
  ['wss://futures.kraken.com/ws/v1', undefined],
  ['wss://ws.kraken.com.evil.example', undefined],
])('%s leads to %s', (url, venue) => {
  expect(venueOfUrl(url)).toBe(venue)
  expect(unsupportedVenue(venue ?? '')).toBeUndefined()
})

it.each([
  ...(['status', 'subscribed', 'refused', 'trades', 'spread', 'ticker', 'snapshot', 'delta'] as const).map((kind) => ({
    name: kind,
    text: messages[kind],
    venue: 'kraken',
  })),
  ...(['status', 'subscribed', 'trades', 'snapshot', 'update'] as const).map((kind) => ({
    name: `${kind} of v2`,
    text: v2Messages[kind],
    venue: 'kraken',
  })),
  { name: 'a heartbeat of v2, as other venues have too', text: v2Messages.heartbeat, venue: undefined },
  { name: 'a book of v2 without a pair', text: v2Messages.update.replace('BTC/USD', 'BTCUSD'), venue: undefined },
  { name: 'a heartbeat, as other venues have too', text: messages.heartbeat, venue: undefined },
  { name: 'an array of something else', text: '[0,"tu",[1,2],{"seq":3}]', venue: undefined },
  { name: 'an array without a pair', text: '[0,[],"trade",7]', venue: undefined },
])('recognises $name as of $venue', ({ text, venue }) => {
  expect(inspectPayload(text).venue).toBe(venue)
})
