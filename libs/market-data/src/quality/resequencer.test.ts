import type { BookDelta, Trade } from '@triplane/contracts'
import { aBookDelta, aTrade } from '@triplane/testing'
import type { Frame } from '../frame.ts'
import { Resequencer } from './resequencer.ts'

const bytes = Buffer.from('{}')
const frame: Frame = {
  ...{ type: 'frame', origin: { source: 'capture', venue: 'sim' }, tsRecvUs: 1 },
  ...{ bytes, start: 0, end: bytes.length },
}
const { tradeId: _, ...trade } = aTrade()
const { firstUpdateId: __, lastUpdateId: ___, prevUpdateId: ____, ...delta } = aBookDelta()

it.each<{ name: string; event: Trade | BookDelta; afterId: number | undefined }>([
  { name: 'a trade', event: { ...trade, tradeId: 8 }, afterId: 7 },
  { name: 'an aggregate of trades', event: { ...trade, tradeId: 2, firstTradeId: 5, lastTradeId: 9 }, afterId: 4 },
  { name: 'a trade with a text id', event: { ...trade, tradeId: 'T8' }, afterId: undefined },
  { name: 'a trade without an id', event: trade, afterId: undefined },
  { name: 'a delta', event: { ...delta, firstUpdateId: 11, lastUpdateId: 12 }, afterId: 10 },
  {
    name: 'a delta that names the one before',
    event: { ...delta, firstUpdateId: 11, lastUpdateId: 12, prevUpdateId: 6 },
    afterId: 6,
  },
  { name: 'a delta without ids', event: delta, afterId: undefined },
])('checks for missing predecessors of $name, where they are numbered', ({ event, afterId }) => {
  const asked: number[] = []
  const resequencer = new Resequencer()
  const holds = resequencer.holds(event, frame, 1, (stream, id) => stream === event.type && asked.push(id) > 0)
  expect([holds, resequencer.size]).toEqual(afterId === undefined ? [false, 0] : [true, 1])
  expect(asked).toEqual(afterId === undefined ? [] : [afterId])
})
