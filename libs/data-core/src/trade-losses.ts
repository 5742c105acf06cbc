import type { MarketStatus, Trade, EventDraft } from '@triplane/contracts'
import { firstIdOf, REVISABLE_US, type FrameRefusal, type ValidationError } from '@triplane/market-data'
import type { Emit, Lane } from './lane.ts'

/** Notes a refused frame with a trade of the lane: accounts for its id, or without one marks a hole at its time. */
export function onUnreadTrade({ validator, bars }: Lane, { code, tradeId }: FrameRefusal): void {
  if (tradeId === undefined) return code === 'off_book_trade' ? undefined : bars.onHole()
  if (code === 'off_book_trade') validator.noteOffBook(tradeId)
  else validator.noteUnread(tradeId)
}

/**
 * Notes a refused trade. One without an id leaves a hole between its neighbours; one with an id is reported with the
 * next trade.
 */
export function onRefusedTrade({ bars }: Lane, trade: Trade, { code }: ValidationError): void {
  if (code !== 'duplicate' && firstIdOf(trade) === undefined) bars.onHole()
}

/**
 * Before a good trade is handled: reports trades missing before it as a gap, and marks the bars of missing or refused
 * ones.
 */
export function onTradeLoss({ validator, bars, id: instrument }: Lane, trade: Trade, emit: Emit): void {
  const loss = validator.takeTradeLoss()
  if (loss === undefined) return
  const { source, tsRecvUs, tsEventUs } = trade
  const status: EventDraft<MarketStatus> = {
    type: 'marketStatus',
    source,
    instrument,
    tsRecvUs,
    status: 'gap',
    reason: 'trade_id',
  }
  if (loss.missing > 0) emit({ ...status, missing: loss.missing })
  // A time far from the next trade's cannot be that of a trade.
  const isTime = (lostUs: number) => Math.abs(lostUs - tsEventUs) <= REVISABLE_US
  if (loss.missing > 0 || !loss.lostUs.every(isTime)) bars.onMissing(tsEventUs, tsRecvUs, emit)
  for (const lostUs of loss.lostUs.filter(isTime)) bars.onRefused(lostUs, tsRecvUs, emit)
}

/** Notes a trade of the unused stream; reports the stream once. */
export function onIgnoredTrade({ tradeStream, id: instrument }: Lane, { source, tsRecvUs }: Trade, emit: Emit): void {
  const reason = tradeStream.takeNews()
  if (reason === undefined) return
  emit({ type: 'marketStatus', source, instrument, tsRecvUs, status: 'trade_stream_ignored', reason })
}
