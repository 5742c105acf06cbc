import { Type, type Static } from '@sinclair/typebox'
import { decimal, effectUs, eventSchema, real, text } from '../fields.ts'

export const portfolioStateSchema = eventSchema(
  'portfolioState',
  {
    effectUs,
    equityUsd: decimal('starting cash + realised + unrealised'),
    realizedUsd: decimal('net of commission'),
    unrealizedUsd: decimal('at the mark'),
    feesUsd: decimal('commission paid, which is in the realised'),
    grossUsd: decimal('sum of absolute position values'),
    netUsd: decimal('sum of position values'),
    drawdownRatio: real('from the peak equity, 0-1'),
    maxDrawdownRatio: real('largest drawdown of the run, 0-1'),
    positions: Type.Array(
      Type.Object({
        symbol: text('unified symbol'),
        quantity: decimal('signed base units'),
        costBasis: decimal('quote currency paid for the position, signed'),
        mark: real('price at which it is valued'),
        realizedUsd: decimal('net of commission'),
        unrealizedUsd: decimal('at the mark'),
        markAgeUs: Type.Optional(Type.Integer({ minimum: 0, description: 'market time since what the mark is of' })),
        isMarkStale: Type.Optional(Type.Boolean({ description: 'the mark is older than its limit' })),
      }),
    ),
  },
  'The account as the strategy plane sees it.',
)
export type PortfolioState = Readonly<Static<typeof portfolioStateSchema>>
