import type { Bar, BookDelta, BookSnapshot, Quote, Trade, ValidationRefusal } from '@triplane/contracts'

/** An event that can be validated. */
export type ValidatedEvent = Trade | Quote | BookDelta | BookSnapshot | Bar

/** The possible refusals of each kind of event. */
export const refusalsOf = {
  trade: ['bad_price', 'bad_size', 'price_band', 'duplicate', 'out_of_order', 'clock_drift'],
  quote: ['bad_price', 'bad_size', 'crossed_quote', 'price_band', 'duplicate', 'out_of_order', 'clock_drift'],
  bookDelta: ['bad_price', 'bad_size', 'duplicate', 'out_of_order'],
  bookSnapshot: ['bad_price', 'bad_size', 'crossed_quote'],
  bar: ['bad_price', 'bad_size', 'duplicate', 'out_of_order'],
} as const satisfies Record<ValidatedEvent['type'], readonly ValidationRefusal[]>

/** The refusals with these codes. */
export type ErrorWith<Code extends ValidationRefusal> = Extract<ValidationError, { readonly code: Code }>

/** Why an event of this type is refused. */
export type ErrorOf<Type extends ValidatedEvent['type']> = ErrorWith<(typeof refusalsOf)[Type][number]>

/** Why an event is refused, with the numbers. `code` is a `ValidationRefusal` of the contracts, and the metric label. */
export type ValidationError =
  | { readonly code: 'bad_price'; readonly price: number }
  | { readonly code: 'bad_size'; readonly size: number }
  | { readonly code: 'crossed_quote'; readonly bid: number; readonly ask: number }
  | { readonly code: 'price_band'; readonly price: number; readonly reference: number; readonly maxJumpRatio: number }
  | { readonly code: 'duplicate'; readonly id: number | string }
  | { readonly code: 'out_of_order'; readonly id: number; readonly lastId: number }
  | { readonly code: 'clock_drift'; readonly driftUs: number; readonly limitUs: number }

/** The refusal in words: what was expected and what was found. */
export function explainValidationError(error: ValidationError): string {
  switch (error.code) {
    case 'bad_price':
      return `Expected a price that is finite and > 0, within low and high of its bar, was ${error.price}`
    case 'bad_size':
      return `Expected a size that is finite and > 0 (>= 0 in a book or bar), was ${error.size}`
    case 'crossed_quote':
      return `Expected the bid below the ask, was ${error.bid} and ${error.ask}`
    case 'price_band':
      return `Expected a price within ${error.maxJumpRatio} of the recent ${error.reference}, was ${error.price}`
    case 'duplicate':
      return `Expected an id that was not seen before, was ${error.id}`
    case 'out_of_order':
      return `Expected an id after ${error.lastId}, was ${error.id}`
    case 'clock_drift':
      return `Expected an event at most ${error.limitUs} us ahead of the clock offset, was ${-error.driftUs} us`
  }
}
