import type { EventDraft, Instrument, Ofi } from '@triplane/contracts'
import { createBookKeeper, createOrderFlow, idRules, type Frame, type NormalizedEvent } from '@triplane/market-data'
import { createNormalizer, type Normalizer } from '@triplane/venues'
import type { Capture } from '../capture.ts'
import type { Contender } from '../contender.ts'
import type { Tally } from './tally.ts'

const of = { source: 'capture', instrument: 'BTC/USDT:USDT@binance_usdm' }
const instrument: Instrument = {
  symbol: 'BTC/USDT:USDT',
  venue: 'binance_usdm',
  exchange: 'binance',
  venueSymbol: 'BTCUSDT',
  kind: 'linear_perpetual',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '100',
  session: '24x7',
}

/** Triplane's own stages: normalize, order book, order flow. Every event is emitted, as in the data plane. */
export function triplaneContender(capture: Capture): Contender {
  return { name: 'triplane', prepare: async () => () => runTriplane(capture) }
}

function runTriplane({ frames }: Capture): Tally {
  const normalizer = createNormalizer([instrument])
  const keeper = createBookKeeper({ rule: idRules.chained, ...of, tickSize: instrument.tickSize })
  const flow = createOrderFlow({ ...of, lotSize: '0.001', intervalUs: 10_000_000 })
  let trades = 0
  let quotes = 0
  let ofi = 0
  const emitBook = () => undefined
  const emitOfi = ({ value }: EventDraft<Ofi>) => {
    ofi += value
  }
  for (const frame of frames) {
    const event = normalizer.scan(frame, frame.tsRecvUs) ?? readOne(normalizer, frame)
    if (event === undefined) continue
    if (event.type === 'quote') {
      quotes++
      flow.onQuote(event, emitOfi)
    } else if (event.type === 'trade') {
      trades++
    } else if (event.type === 'bookDelta') {
      keeper.onDelta(event, emitBook)
    } else if (event.type === 'bookSnapshot') {
      keeper.onSnapshot(event, emitBook)
    }
  }
  const { book } = keeper
  return {
    trades,
    quotes,
    bid: [book.bidPrice(0), book.bidSize(0)],
    ask: [book.askPrice(0), book.askSize(0)],
    ofi: Number(ofi.toFixed(3)),
  }
}

/** The event of a frame that the fast reader does not know yet. */
function readOne(normalizer: Normalizer, frame: Frame): NormalizedEvent | undefined {
  const [understood] = normalizer.read(frame, frame.tsRecvUs)
  return understood?.ok ? understood.value : undefined
}
