import { Type, type Static } from '@sinclair/typebox'
import { decimal, effectUs, eventSchema, real, text } from '../fields.ts'

export const portfolioStateSchema = eventSchema(
  'portfolioState',
  {
    effectUs,
    equityUsd: decimal('starting cash + deposits + realised + unrealised'),
    realizedUsd: decimal('net of commission'),
    unrealizedUsd: decimal('at the mark'),
    feesUsd: decimal('commission paid, which is in the realised'),
    grossUsd: decimal('sum of absolute position values'),
    netUsd: decimal('sum of position values'),
    drawdownRatio: real('from the peak equity, 0-1'),
    maxDrawdownRatio: real('largest drawdown of the run, 0-1'),
    depositsUsd: Type.Optional(decimal('deposits less withdrawals; absent: none')),
    balances: Type.Optional(
      Type.Array(Type.Object({ currency: text('currency or asset'), amount: decimal('what is held of it') }), {
        description: 'what is held of each currency and asset; a perpetual has its gains in its quote currency only',
      }),
    ),
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
        isDust: Type.Optional(Type.Boolean({ description: 'too small to be closed: the venue takes no such order' })),
      }),
    ),
  },
  'The account as the strategy plane sees it.',
)
export type PortfolioState = Readonly<Static<typeof portfolioStateSchema>>
