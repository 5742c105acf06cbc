import type { MarketStatus, Trade, EventDraft } from '@triplane/contracts'
import { firstIdOf, REVISABLE_US, type FrameRefusal, type ValidationError } from '@triplane/market-data'
import type { Emit, Lane } from './lane.ts'

/** A frame was refused that is a trade of the lane: its id is accounted for, and where it has none its time is a hole. */
export function onUnreadTrade({ validator, bars }: Lane, { code, tradeId }: FrameRefusal): void {
  if (tradeId === undefined) return code === 'off_book_trade' ? undefined : bars.onHole()
  if (code === 'off_book_trade') validator.noteOffBook(tradeId)
  else validator.noteUnread(tradeId)
}

/** A trade that has no id to be accounted for by was refused: between the trades around it is a hole. One that has is lost with the next. */
export function onRefusedTrade({ bars }: Lane, trade: Trade, { code }: ValidationError): void {
  if (code !== 'duplicate' && firstIdOf(trade) === undefined) bars.onHole()
}

/**
 * Before a good trade is taken: trades that should have come before it and did not are a gap, and what is missing, or was refused, marks
 * the bars that it is of.
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
  // A time far from the next trade's is no time of a trade.
  const isTime = (lostUs: number) => Math.abs(lostUs - tsEventUs) <= REVISABLE_US
  if (loss.missing > 0 || !loss.lostUs.every(isTime)) bars.onMissing(tsEventUs, tsRecvUs, emit)
  for (const lostUs of loss.lostUs.filter(isTime)) bars.onRefused(lostUs, tsRecvUs, emit)
}

/** A trade is of the stream that is not used: said once. */
export function onIgnoredTrade({ tradeStream, id: instrument }: Lane, { source, tsRecvUs }: Trade, emit: Emit): void {
  const reason = tradeStream.takeNews()
  if (reason === undefined) return
  emit({ type: 'marketStatus', source, instrument, tsRecvUs, status: 'trade_stream_ignored', reason })
}
