import { thresholds } from '@triplane/monitoring'
import { loadStandaloneConfig } from '../src/config.ts'

const { order, strategy } = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
const krw = (usd: number) => usd * order.krwPerUsd

describe('the default limits', () => {
  it('are those of an account of 100,000 USD, the same for both ledgers', () => {
    expect(order.startingCashUsd).toBe('100000')
    expect(strategy.startingCashUsd).toBe(order.startingCashUsd)
    expect(strategy.ratesToUsd).toEqual(order.ratesToUsd)
  })

  it("of the order plane leave room for the strategy's targets, so that no refusal is permanent", () => {
    const { portfolio, intents } = strategy
    const { risk } = order
    expect(portfolio.symbolLimitUsd).toBeLessThan(risk.maxPositionUsd)
    expect(portfolio.grossLimitUsd).toBeLessThan(risk.maxGrossUsd)
    expect(intents.maxOrderUsd).toBeLessThan(risk.maxOrderNotionalUsd)
  })

  it("page for a position at 80 % of the limit, not for one at the strategy's own limit", () => {
    const { aboveKrw } = thresholds.largePosition
    expect(krw(0.8 * order.risk.maxPositionUsd)).toBeGreaterThan(aboveKrw)
    expect(krw(strategy.portfolio.symbolLimitUsd)).toBeLessThan(0.8 * aboveKrw)
  })

  it('trip on a loss that HighUnrealizedLoss pages for, at about the same size', () => {
    const { belowKrw } = thresholds.highUnrealizedLoss
    expect(krw(strategy.killSwitches.lossLimitUsd)).toBeGreaterThan(-belowKrw)
    expect(krw(strategy.killSwitches.lossLimitUsd)).toBeLessThan(-2 * belowKrw)
    const drawdownUsd = strategy.killSwitches.drawdownLimitRatio * Number(strategy.startingCashUsd)
    expect(drawdownUsd).toBe(strategy.killSwitches.lossLimitUsd)
  })
})
