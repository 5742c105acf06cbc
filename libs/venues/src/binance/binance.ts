import { idRules } from '@triplane/market-data'
import { defineExchange, type Venue } from '../venue.ts'
import { captures } from './captures.ts'
import { spotDialect, usdmDialect, type BinanceDialect } from './dialect.ts'
import { readExchangeInfo } from './exchange-info.ts'
import { spotKlines, usdmKlines } from './klines.ts'
import { spotLive, usdmLive } from './live.ts'
import { mapBinance } from './mapper.ts'
import { FrameScanner } from './scan/frame-scanner.ts'

const read = (dialect: BinanceDialect) =>
  ({
    map: mapBinance(dialect),
    fast: (instruments) => new FrameScanner(instruments, dialect),
    isInstrumentListUrl: ({ pathname }) => pathname.endsWith('/exchangeInfo'),
    readInstrumentList: readExchangeInfo,
  }) satisfies Partial<Venue>

/** Ids are consecutive. Fees of VIP 0. */
const binanceSpot: Venue = {
  id: 'binance_spot',
  fees: { makerBps: 10, takerBps: 10 },
  bookRule: idRules.consecutive,
  live: spotLive,
  klines: spotKlines,
  ...read(spotDialect),
}

/** Ids have holes; a diff names the one before it. Fees of VIP 0. */
export const binanceUsdm: Venue = {
  id: 'binance_usdm',
  fees: { makerBps: 2, takerBps: 5 },
  bookRule: idRules.chained,
  live: usdmLive,
  klines: usdmKlines,
  ...read(usdmDialect),
}

export const binance = defineExchange({ name: 'binance', venues: [binanceSpot, binanceUsdm], captures })
