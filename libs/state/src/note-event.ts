import type { Event } from '@triplane/contracts'
import type { LatestState } from './latest-state.ts'

/** Updates the latest state from an event; most events change nothing. As cheap as `set`: never blocks or throws. */
export function noteEvent(state: Pick<LatestState, 'set'>, event: Event): void {
  switch (event.type) {
    case 'quote': {
      const { instrument, bid, bidSize, ask, askSize, tsRecvUs } = event
      state.set('quote', instrument, { instrument, bid, bidSize, ask, askSize, tsRecvUs })
      return
    }
    case 'portfolioState':
      for (const position of event.positions) {
        state.set('position', position.instrument, { ...position, effectUs: event.effectUs })
      }
      return
    case 'fill': {
      const { fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs } = event
      const fill = { fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs }
      state.set('fill', instrument, fill)
      return
    }
    case 'killSwitch': {
      const { switchType, active, value, limit, why, effectUs } = event
      state.set('killSwitch', switchType, { switchType, active, value, limit, why, effectUs })
      return
    }
    default:
  }
}
