import type { Fill, OrderEvent } from '@triplane/contracts'
import { aFill, anOrderEvent, anOrderIntent, testStartUs } from '@triplane/testing'
import { LiveOrders, type LiveOrdersSnapshot } from './live-orders.ts'

const intent = anOrderIntent({ intentId: 'OFI-1', quantity: '0.1', validUntilUs: testStartUs + 2_000_000 })
const state = (name: OrderEvent['state'], filledQuantity = '0', quantity = '0.1') =>
  anOrderEvent({ intentId: 'OFI-1', state: name, filledQuantity, quantity })
const fill = (quantity: string) => aFill({ intentId: 'OFI-1', quantity })

function play(events: readonly (OrderEvent | Fill)[]) {
  const orders = new LiveOrders(3)
  orders.add(intent)
  const left = events.map((event) => (event.type === 'fill' ? orders.fill(event) : orders.follow(event)))
  return { orders, left }
}

describe('LiveOrders', () => {
  it.each([
    { name: 'a denial', events: [state('received'), state('denied')], left: [false, true] },
    { name: 'an unfilled cancel', events: [state('acknowledged'), state('cancelled')], left: [false, true] },
    { name: 'the state before the fill', events: [state('filled', '0.1'), fill('0.1')], left: [false, true] },
    { name: 'the fill before the state', events: [fill('0.1'), state('filled', '0.1')], left: [false, true] },
    {
      name: 'a cancel before the last fill is seen',
      events: [fill('0.03'), state('cancelled', '0.05'), fill('0.02')],
      left: [false, false, true],
    },
    { name: 'a rejection', events: [state('submitted'), state('rejected')], left: [false, true] },
    { name: 'an expiry', events: [state('expired')], left: [true] },
    { name: 'an unknown outcome', events: [state('submitted'), state('unknown')], left: [false, false] },
    { name: 'a state of tomorrow', events: [state('submitted'), state('amended' as never)], left: [false, false] },
  ])('lets an order go only when its end and its fills are seen: $name', ({ events, left }) => {
    expect(play(events).left).toEqual(left)
  })

  it('takes the quantity after sizing and what is filled', () => {
    const { orders } = play([state('approved', '0', '0.08'), fill('0.03'), state('partially_filled', '0.03', '0.08')])
    expect(orders.all).toMatchObject([{ quantity: 80n, booked: 30n, reported: 30n, isAnswered: true }])
  })

  it('lets an unanswered intent go after its validity and the grace', () => {
    const { orders } = play([])
    orders.release(testStartUs + 4_000_000, 2_000_000)
    expect(orders.all).toHaveLength(1)
    orders.release(testStartUs + 4_000_001, 2_000_000)
    expect(orders.all).toHaveLength(0)
  })

  it('keeps an answered order however long it rests', () => {
    const { orders } = play([state('acknowledged')])
    orders.release(testStartUs + 3_600_000_000, 2_000_000)
    expect(orders.all).toHaveLength(1)
  })

  it('takes over an order that it did not send', () => {
    const orders = new LiveOrders(3)
    orders.follow(state('partially_filled', '0.04'))
    expect(orders.all).toMatchObject([{ intentId: 'OFI-1', quantity: 100n, booked: 40n, rests: true }])
    expect(orders.follow(state('cancelled', '0.04'))).toBe(true)
  })

  it('ignores the end of an order that it does not know', () => {
    const orders = new LiveOrders(3)
    expect(orders.follow(state('filled', '0.1'))).toBe(false)
    expect(orders.fill(fill('0.1'))).toBe(false)
    expect(orders.all).toHaveLength(0)
  })

  it('goes on from a snapshot', () => {
    const { orders } = play([state('acknowledged'), fill('0.03')])
    const restored = new LiveOrders(3, JSON.parse(JSON.stringify(orders.snapshot())) as LiveOrdersSnapshot)
    expect(restored.all).toEqual(orders.all)
  })
})
