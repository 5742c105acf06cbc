import type { Event } from '@triplane/contracts'
import type { LatestState } from './latest-state.ts'

/**
 * Updates the latest state from an event; most events change nothing. As cheap as `set`, which takes the event as it is: never
 * blocks or throws.
 */
export function noteEvent(state: Pick<LatestState, 'set'>, event: Event): void {
  switch (event.type) {
    case 'quote':
      state.set('quote', event.instrument, event)
      return
    case 'portfolioState':
      for (const position of event.positions) {
        state.set('position', position.instrument, { ...position, effectUs: event.effectUs })
      }
      return
    case 'fill':
      state.set('fill', event.instrument, event)
      return
    case 'killSwitch':
      state.set('killSwitch', event.switchType, event)
      return
    default:
  }
}
