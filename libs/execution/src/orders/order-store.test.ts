import { orderStates, type OrderState } from '@triplane/contracts'
import * as fc from 'fast-check'
import { anIntent, NOW_US } from '../../test/builders.ts'
import { OrderStore } from './order-store.ts'
import { isDeclared, isWorking, orderTransitions } from './order-transitions.ts'
import { keptUnits, orderEvent, remainingUnits, type Order } from './order.ts'

const RETENTION_US = 1_000
const { instrument } = anIntent()

/** The shortest declared path from `received` to a state. */
function wayTo(state: OrderState): readonly OrderState[] {
  const ways: OrderState[][] = [[]]
  for (const way of ways) {
    const last = way.at(-1) ?? 'received'
    if (last === state) return way
    for (const next of orderTransitions[last]) if (!way.includes(next)) ways.push([...way, next])
  }
  throw new Error(`Expected a way to ${state}`)
}

function orderIn(store: OrderStore, state: OrderState): Order {
  const order = store.receive(anIntent(), 3, NOW_US)
  for (const next of wayTo(state)) {
    if (next === 'approved') store.approve(order, 100n, NOW_US)
    else store.enter(order, next, NOW_US)
  }
  return order
}

const pairs = orderStates.flatMap((from) => orderStates.map((to) => ({ from, to })))

describe('order store', () => {
  it.each(pairs.filter(({ from, to }) => isDeclared(from, to)))('goes from $from to $to', ({ from, to }) => {
    const store = new OrderStore(RETENTION_US)
    const order = orderIn(store, from)
    expect(store.enter(order, to, NOW_US + 5)).toBeUndefined()
    expect(order).toMatchObject({ state: to, stateUs: NOW_US + 5, prevStateUs: NOW_US })
    expect(store.refusedTransitions).toBe(0)
  })

  it.each(pairs.filter(({ from, to }) => !isDeclared(from, to)))('refuses to go from $from to $to', ({ from, to }) => {
    const store = new OrderStore(RETENTION_US)
    const order = orderIn(store, from)
    const before = JSON.stringify(store.snapshot())
    expect(store.enter(order, to, NOW_US + 5)).toEqual({ code: 'undeclared_transition', intentId: 'OFI-1', from, to })
    expect(JSON.stringify({ ...store.snapshot(), refusedTransitions: 0 })).toBe(before)
    expect(store.refusedTransitions).toBe(1)
  })

  it('reserves the remaining quantity of working orders: nothing once all have ended', () => {
    const step = fc.record({
      order: fc.nat(3),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      state: fc.constantFrom(...orderStates),
      units: fc.bigInt({ min: 1n, max: 60n }),
      fills: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
        let store = new OrderStore(RETENTION_US)
        const ids: string[] = []
        steps.forEach(({ order: index, side, state, units, fills }, i) => {
          const order = store.get(ids[index] ?? '')
          if (!order) {
            ids[index] = `OFI-${index}-${i}`
            store.receive(anIntent({ intentId: ids[index], side }), 3, NOW_US + i)
          } else if (order.state === 'received') store.approve(order, 100n, NOW_US + i)
          else if (fills) store.addFill(order, units, NOW_US + i)
          else store.enter(order, state, NOW_US + i)
          if (i === cut) store = new OrderStore(RETENTION_US, JSON.parse(JSON.stringify(store.snapshot())))

          for (const side of ['BUY', 'SELL'] as const) {
            const open = store.open().filter(({ intent }) => intent.side === side)
            const reserved = open.reduce((sum, each) => sum + remainingUnits(each), 0n)
            expect(store.working(instrument)[side === 'BUY' ? 'buyUnits' : 'sellUnits']).toBe(reserved)
          }
        })
        expect(Object.values(store.counts).reduce((a, b) => a + b)).toBe(new Set(ids.filter(Boolean)).size)

        for (const order of store.open())
          store.enter(order, order.state === 'approved' ? 'denied' : 'cancelled', NOW_US)
        for (const order of store.open()) store.enter(order, 'filled', NOW_US)
        expect(store.working(instrument)).toMatchObject({ orders: [], buyUnits: 0n, sellUnits: 0n })
      }),
    )
  })

  it('lowers an order and its reservation, never below the filled quantity, and never raises it', () => {
    const store = new OrderStore(RETENTION_US)
    const order = orderIn(store, 'acknowledged')
    store.noteAmending(order, 60n)
    expect([remainingUnits(order), keptUnits(order)]).toEqual([100n, 60n])
    store.amend(order, 80n)
    expect([order.quantityUnits, order.amendingToUnits]).toEqual([80n, 60n])
    store.amend(order, 60n)
    store.amend(order, 80n)
    expect([order.quantityUnits, order.amendingToUnits]).toEqual([60n, undefined])
    store.addFill(order, 50n, NOW_US)
    store.amend(order, 40n)
    expect([order.quantityUnits, store.working(instrument).buyUnits]).toEqual([50n, 0n])
  })

  it.each(['unknown', 'cancelled'] as const)('has no amendment under way for an order that is %s', (state) => {
    const store = new OrderStore(RETENTION_US)
    const order = orderIn(store, 'acknowledged')
    store.noteAmending(order, 60n)
    store.enter(order, state, NOW_US)
    expect(order.amendingToUnits).toBeUndefined()
  })

  it('counts by last state', () => {
    const store = new OrderStore(RETENTION_US)
    orderIn(store, 'cancelled')
    expect(store.counts).toMatchObject({ cancelled: 1, received: 0, approved: 0 })
    expect(Object.keys(store.counts)).toEqual(orderStates)
  })

  it('accepts a fill after the end, and frees nothing twice', () => {
    const store = new OrderStore(RETENTION_US)
    const order = orderIn(store, 'cancelled')
    store.addFill(order, 100n, NOW_US + 1)
    expect(store.enter(order, 'filled', NOW_US + 1)).toBeUndefined()
    expect(store.working(instrument).buyUnits).toBe(0n)
    expect(orderEvent(order, NOW_US + 2)).toMatchObject({ state: 'filled', quantity: '0.1', filledQuantity: '0.1' })
  })

  it('forgets an ended order after its retention, and no working one', () => {
    const store = new OrderStore(RETENTION_US)
    orderIn(store, 'filled')
    store.receive(anIntent({ intentId: 'OFI-2' }), 3, NOW_US + RETENTION_US - 1)
    expect(store.get('OFI-1')).toBeDefined()
    store.receive(anIntent({ intentId: 'OFI-3' }), 3, NOW_US + RETENTION_US)
    expect(store.get('OFI-1')).toBeUndefined()
    store.receive(anIntent({ intentId: 'OFI-4' }), 3, NOW_US + 10 * RETENTION_US)
    expect(store.get('OFI-2')).toBeDefined()
    expect(store.counts).toMatchObject({ filled: 1, received: 3 })
  })

  it.each(orderStates)('knows whether %s reserves exposure', (state) => {
    const ends = ['received', 'denied', 'filled', 'cancelled', 'rejected', 'expired']
    expect(isWorking(state)).toBe(!ends.includes(state))
  })
})
