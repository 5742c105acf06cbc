import { toldRun } from '../../test/told-run.ts'
import { compareSources } from './compare.ts'
import type { Sources } from './sources.ts'

const order = { at: 0, side: 'BUY', lots: [100, 50], priceUnits: 618_000_000, feeUnits: 5000 } as const
const equal = toldRun([order, { ...order, side: 'SELL', lots: [30] }, { ...order, lots: [] }])
const { topics, database, ledgers } = equal
const last = topics.fills.rows.at(-1)
const stateOf = (intentId: string) => topics.orders.rows.findLast((state) => state.intentId === intentId)

const tell = (sources: Sources) => compareSources(sources).map(({ kind, id, detail }) => `${kind} ${id}: ${detail}`)

describe('a difference', () => {
  it.each<{ readonly name: string; readonly sources: Sources; readonly told: readonly string[] }>([
    {
      name: 'a fill that is told by two sequences',
      sources: {
        ...equal,
        topics: {
          ...topics,
          fills: { ...topics.fills, rows: [...topics.fills.rows, { ...last!, seq: 99 }] },
        },
      },
      told: ['fill OFI-1-0: told twice on the topic, by sequence 7 and 99'],
    },
    {
      name: 'a state that the journal lacks',
      sources: { ...equal, database: { ...database, journal: database.journal.filter(({ seq }) => seq !== 1) } },
      told: ['order OFI-0: on the topic of sequence 1, not in the database'],
    },
    {
      name: 'a last state that was changed by hand',
      sources: {
        ...equal,
        database: {
          ...database,
          orders: database.orders.map((one) => (one.intentId === 'OFI-1' ? { ...one, state: 'denied' } : one)),
        },
      },
      told: ['order OFI-1: state of sequence 8 denied in the table of orders, filled in the journal of orders'],
    },
    {
      name: 'an order that nobody wanted',
      sources: {
        ...equal,
        topics: {
          ...topics,
          intents: { isWhole: true, rows: topics.intents.rows.filter(({ intentId }) => intentId !== 'OFI-2') },
        },
      },
      told: ['order OFI-2: on the topic of orders, not on that of intents'],
    },
    {
      name: 'an order of another quantity than was wanted',
      sources: {
        ...equal,
        topics: {
          ...topics,
          intents: {
            isWhole: true,
            rows: topics.intents.rows.map((one) => (one.intentId === 'OFI-1' ? { ...one, quantity: '3' } : one)),
          },
        },
      },
      told: ['quantity OFI-1: SELL 3 BTC/USDT@sim wanted, SELL 0.03 BTC/USDT@sim ordered'],
    },
    {
      name: 'an intent that was neither ordered nor refused',
      sources: {
        topics: {
          ...topics,
          intents: { isWhole: true, rows: [...topics.intents.rows, { ...topics.intents.rows[0]!, intentId: 'OFI-9' }] },
        },
        ledgers,
      },
      told: ['order OFI-9: on the topic of intents, neither ordered nor refused'],
    },
    {
      name: 'a fill that only a ledger has',
      sources: { database, ledgers: ledgers.map((ledger) => ({ ...ledger, lastFillId: 'OFI-7-0' })) },
      told: [
        'fill OFI-7-0: booked last by the order plane, not in the database',
        'fill OFI-7-0: booked last by the strategy plane, not in the database',
      ],
    },
    {
      name: 'other cash',
      sources: {
        ledgers: ledgers.map((ledger) =>
          ledger.plane === 'order'
            ? ledger
            : { ...ledger, account: { ...ledger.account, cash: [{ currency: 'USD', amount: '1' }] } },
        ),
      },
      told: ['cash account: put in: 100000 USD by the order plane, 1 USD by the strategy plane'],
    },
  ])('$name', ({ sources, told }) => {
    expect(tell(sources)).toEqual(told)
  })

  it('is none in rows that are older than what the topics keep', () => {
    const since = stateOf('OFI-1')?.seq ?? 0
    const rest = <Row extends { readonly seq: number }>(rows: readonly Row[]) => ({
      isWhole: false,
      rows: rows.filter(({ seq }) => seq >= since - 2),
    })
    const shorter = {
      intents: { isWhole: false, rows: [] },
      orders: rest(topics.orders.rows),
      fills: rest(topics.fills.rows),
      opening: undefined,
    }
    expect(shorter.fills.rows).toHaveLength(1)
    expect(tell({ topics: shorter, database, ledgers })).toEqual([])
  })
})
