import {
  isKnownCode,
  type Event,
  type MarketStatusCode,
  symbolOf,
  venueOf,
  type InstrumentId,
} from '@triplane/contracts'
import type { Logger } from './logger.ts'

/** Statuses of something lost, ignored or untradable; the others report a recovery. */
const warnings: readonly MarketStatusCode[] = [
  'gap',
  'disconnected',
  'stale',
  'late',
  'book_invalid',
  'trade_stream_ignored',
  'steps_unknown',
]

/** An instrument as logs name it. */
const namesOf = (id: InstrumentId) => ({ symbol: symbolOf(id), venue: venueOf(id) })

/** Logs the few events of a run that people look for in a log. */
export function logEvent(logger: Logger, event: Event): void {
  switch (event.type) {
    case 'killSwitch': {
      const { switchType, value, limit, effectUs } = event
      const context = { switch_type: switchType, value, limit, market_time_us: effectUs }
      if (event.active) logger.critical(`Kill switch tripped: ${event.why}`, context)
      else if (event.isSelfReleased) logger.warning(`Kill switch released by itself: ${event.why}`, context)
      else logger.warning(`Kill switch re-armed: ${event.why}`, context)
      return
    }
    case 'marketStatus': {
      const { status, source, instrument, reason, missing, tsRecvUs } = event
      const context = {
        source,
        ...(instrument !== undefined && namesOf(instrument)),
        reason,
        missing,
        market_time_us: tsRecvUs,
      }
      if (isKnownCode(warnings, status)) logger.warning(`Market ${status}`, context)
      else logger.info(`Market ${status}`, context)
      return
    }
    case 'orderEvent':
      if (event.state === 'denied' || event.state === 'rejected')
        logger.info(`Order ${event.state}`, {
          intent_id: event.intentId,
          ...namesOf(event.instrument),
          reason: event.reason,
          market_time_us: event.effectUs,
        })
      return
    case 'fill':
      if (event.isLate)
        logger.warning('A fill came after the end of its order: it is booked', {
          fill_id: event.fillId,
          intent_id: event.intentId,
          ...namesOf(event.instrument),
          market_time_us: event.effectUs,
        })
      return
    default:
      return
  }
}
