import { instrumentId, unitScale, type Instrument } from '@triplane/contracts'
import { decimalsOf, err, fixed, formatFixed, ok, type Result } from '@triplane/kernel'
import type { FrameRefusal } from '@triplane/market-data'
import type { ListedInstrument } from './venue.ts'

/** A plain decimal above 0, or 0, which means that there is no such step. */
const DECIMAL = /^\d+(\.\d+)?$/

/** The steps of an instrument in a venue's list, in canonical form; refuses those in which the run cannot book. */
export function readSteps(
  instrument: Instrument,
  found: { readonly tickSize: unknown; readonly lotSize: unknown; readonly minNotional: unknown },
): Result<ListedInstrument, FrameRefusal> {
  const id = instrumentId(instrument)
  const { tickSize, lotSize, minNotional } = found
  if (isStep(tickSize, instrument.tickSize) && isStep(lotSize, instrument.lotSize) && isDecimal(minNotional))
    return ok({
      instrument: id,
      steps: { tickSize: canonical(tickSize), lotSize: canonical(lotSize), minNotional: canonical(minNotional) },
    })
  return err({
    code: 'bad_field',
    detail: `Expected steps above 0 that can be booked and a smallest value, was ${JSON.stringify(found)}`,
    instrument: id,
  })
}

/**
 * A step in which the run can book quantities and prices: it has at most the digits that `unitScale` gives for the file's step.
 */
function isStep(value: unknown, step: string): value is string {
  return isDecimal(value) && Number(value) > 0 && decimalsOf(value) <= unitScale(step)
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && DECIMAL.test(value)
}

function canonical(decimal: string): string {
  const scale = decimalsOf(decimal)
  return formatFixed(fixed(decimal, scale), scale)
}
