import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { decimal, effectUs, exampleUs, instrument, label, real } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const portfolioState = defineEvent({
  tag: 'portfolioState',
  version: 2,
  wireNumber: 19,
  doc: 'The account as the strategy plane sees it.',
  schema: {
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
      Type.Array(Type.Object({ currency: label('currency or asset'), amount: decimal('what is held of it') }), {
        description: 'what is held of each currency and asset; a perpetual has its gains in its quote currency only',
      }),
    ),
    positions: Type.Array(
      Type.Object({
        instrument,
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
    strategies: Type.Optional(
      Type.Array(
        Type.Object({
          strategy: label('OFI, ...'),
          realizedUsd: decimal('net of commission'),
          unrealizedUsd: decimal('at the marks'),
          feesUsd: decimal('commission paid, which is in the realised'),
          drawdownRatio: real('from the most that it had made, over the capital of the account and that'),
        }),
        { description: 'where several have traded: what each has made; they sum to the account' },
      ),
    ),
  },
  topic: topics.portfolio,
  key: (_, account) => account,
  rank: rank.strategy,
  store: { table: 'portfolio_history', as: 'portfolio' },
  example: {
    effectUs: exampleUs,
    equityUsd: '999996.9',
    realizedUsd: '0',
    unrealizedUsd: '-0.01',
    feesUsd: '3.090015',
    grossUsd: '6180.02',
    netUsd: '6180.02',
    drawdownRatio: 0.0000031,
    maxDrawdownRatio: 0.0000031,
    positions: [
      {
        instrument: 'BTC/USDT@sim',
        quantity: '0.1',
        costBasis: '6180.03',
        mark: 61_800.2,
        realizedUsd: '0',
        unrealizedUsd: '-0.01',
      },
    ],
  },
})
export type PortfolioState = EventOf<typeof portfolioState>
