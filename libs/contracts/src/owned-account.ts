import { Type, type Static } from '@sinclair/typebox'
import { trippableSwitches } from './codes.ts'
import { decimal, oneOf, real, text } from './fields.ts'

/** No other field: an account must not be booked in part when one version has a field that another does not know. */
const closed = { additionalProperties: false } as const
const listOf = <Items extends Parameters<typeof Type.Array>[0]>(items: Items, description: string) =>
  Type.Unsafe<readonly Static<Items>[]>(Type.Array(items, { description }))

const part = Type.Object(
  {
    strategy: Type.String({ description: "whose it is; empty: what was deposited, which is nobody's" }),
    quantity: decimal('what is held, signed'),
    costBasis: decimal('what that was bought for; negative for a short'),
    realized: decimal('realised result, net of commission'),
    fees: decimal('commission paid: it is in the realised result'),
    cashFlow: decimal('money received less money paid: realised less cost basis'),
    roundTripResult: decimal('realised since it was last flat'),
  },
  closed,
)

const holding = Type.Object(
  {
    instrument: text('id of the instrument; of an asset that is held besides, its name'),
    quoteCurrency: text('what its money is in'),
    contractSize: decimal('units of the base in a quantity of 1'),
    mark: real('price at which it was valued; 0 without one'),
    parts: listOf(part, 'whose it is'),
  },
  closed,
)

/**
 * What an account owns, independent of how a version of Triplane stores it. Money and quantities are decimals of their
 * currency.
 */
export const ownedAccountSchema = Type.Object(
  {
    startingCashUsd: decimal('what the account began with'),
    depositsUsd: decimal('deposits less withdrawals, each at its value when it was booked'),
    cash: listOf(
      Type.Object({ currency: text('currency'), amount: decimal('starting cash and deposits') }, closed),
      'what was put in, by currency',
    ),
    positions: listOf(holding, 'instruments that were ever traded'),
    assets: listOf(holding, 'assets that fees were paid in and that were deposited'),
    peakUsd: decimal('highest equity that was observed'),
    maxDrawdownRatio: real('largest fall from it, 0-1 and above'),
    strategies: listOf(
      Type.Object(
        { strategy: text('its name'), peakUsd: decimal('the most that it had made'), maxDrawdownRatio: real('0-1') },
        closed,
      ),
      'how far each strategy has fallen',
    ),
  },
  closed,
)
export type OwnedAccount = Readonly<Static<typeof ownedAccountSchema>>
export type OwnedHolding = OwnedAccount['positions'][number]

/** Kill switches that were active and need an operator's re-arm. */
export const latchedSwitches = listOf(
  oneOf(trippableSwitches, 'kill switch'),
  'kill switches that were active: they are again, until an operator re-arms them',
)
