import { orderPlaneConfigSchema } from './config.ts'

describe('order plane configuration', () => {
  it('has a default for every setting', () => {
    expect(orderPlaneConfigSchema.parse({})).toMatchObject({
      minLatencyMs: 1,
      risk: { maxOrderNotionalUsd: 2_500, maxPositionUsd: 10_000, maxOrders: 20 },
      participation: { maxShareRatio: 0.1, windowMs: 300_000 },
      paper: { fees: { binance_usdm: { makerBps: 2, takerBps: 5 }, sim: { makerBps: 0.5, takerBps: 1 } } },
    })
  })

  it.each([
    { name: 'a latency of 0', given: { minLatencyMs: 0 }, path: 'minLatencyMs' },
    {
      name: 'a fill reported before its acknowledgement',
      given: { paper: { ackLatencyMs: 9 } },
      path: 'paper.fillLatencyMs',
    },
    { name: 'a share above 1', given: { participation: { maxShareRatio: 1.1 } }, path: 'participation.maxShareRatio' },
    { name: 'a rate of 0', given: { ratesToUsd: { EUR: '0.00' } }, path: 'ratesToUsd.EUR' },
    { name: 'cash that is no decimal', given: { startingCashUsd: '1e6' }, path: 'startingCashUsd' },
    { name: 'an unknown key', given: { risk: { maxPositionEur: 1 } }, path: 'risk' },
  ])('refuses $name', ({ given, path }) => {
    const parsed = orderPlaneConfigSchema.safeParse(given)
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})
