import { OrderRateWindow } from './order-rate-window.ts'

const limits = { maxOrders: 3, orderWindowUs: 1_000 }

describe('order rate window', () => {
  it.each([
    { name: 'counts what is inside', submittedUs: [0, 10, 20], nowUs: 999, want: 3 },
    { name: 'lets go what is a window old', submittedUs: [0, 10, 20], nowUs: 1_000, want: 2 },
    { name: 'is empty after a window of silence', submittedUs: [0, 10, 20], nowUs: 1_020, want: 0 },
    { name: 'remembers no more than the limit', submittedUs: [0, 10, 20, 30], nowUs: 500, want: 3 },
  ])('$name', ({ submittedUs, nowUs, want }) => {
    const window = new OrderRateWindow(limits)
    for (const us of submittedUs) window.record(us)
    expect(new OrderRateWindow(limits, window.snapshot()).count(nowUs)).toBe(want)
    expect(window.count(nowUs)).toBe(want)
  })
})
