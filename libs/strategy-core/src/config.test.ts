import { strategyConfigSchema } from './config.ts'

const defaultStrategyConfig = strategyConfigSchema.parse({})

describe('strategyConfigSchema', () => {
  it('has a default for everything', () => {
    expect(defaultStrategyConfig).toMatchObject({
      startingCashUsd: '100000',
      portfolio: { symbolLimitUsd: 5_000, grossLimitUsd: 15_000, netLimitUsd: 10_000 },
      intents: { minTradeUsd: 50, validityMs: 2000 },
    })
  })

  it('keeps the defaults of a group that is set in part', () => {
    const { ofi } = strategyConfigSchema.parse({ ofi: { horizonMs: 5000 } })
    expect(ofi).toEqual({ ...defaultStrategyConfig.ofi, horizonMs: 5000 })
  })

  it.each([
    { name: 'an unknown key', value: { ofi: { horizonSeconds: 5 } } },
    { name: 'a step beyond the horizon', value: { ofi: { stepMs: 20_000 } } },
    { name: 'a drawdown above 1', value: { killSwitches: { drawdownLimitRatio: 2 } } },
    { name: 'no starting cash', value: { startingCashUsd: '0' } },
    { name: 'a rate that is no decimal', value: { ratesToUsd: { USDT: '1e0' } } },
  ])('refuses $name', ({ value }) => {
    expect(strategyConfigSchema.safeParse(value).success).toBe(false)
  })
})
