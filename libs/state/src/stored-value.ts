import type { Noted, StateKind, StateValues } from './latest-state.ts'
import type { WaitingValue } from './waiting-values.ts'

/** What is stored of a value: the fields of its kind, of whatever else it came with. */
const fieldsOf: { readonly [Kind in StateKind]: (value: StateValues[Kind]) => StateValues[Kind] } = {
  quote: ({ instrument, bid, bidSize, ask, askSize, tsRecvUs }) => {
    return { instrument, bid, bidSize, ask, askSize, tsRecvUs }
  },
  position: (position) => position,
  fill: ({ fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs }) => {
    return { fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs }
  },
  killSwitch: ({ switchType, active, value, limit, why, effectUs }) => {
    return { switchType, active, value, limit, why, effectUs }
  },
  plane: (plane) => plane,
}

/** The value under a key of the latest state, with the time of its `set`: what readers get. */
export function storedValue({ kind, value, notedUs }: WaitingValue): Noted<StateValues[StateKind]> {
  const fields = fieldsOf[kind] as (value: StateValues[StateKind]) => StateValues[StateKind]
  return { ...fields(value), notedUs }
}
