import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadInstruments } from '@triplane/config'
import { composedByHand } from './composed-by-hand.ts'
import { temporaryFolder } from './run-standalone.ts'

const SYMBOL = 'BTC/USDT'
const INSTRUMENT = `${SYMBOL}@sim`
const MIN_NOTIONAL = 10_000

/** Resting orders so large that trades fill them in part before they are replaced. */
const largeOrders = {
  account: { startingCashUsd: '1000000' },
  strategy: {
    portfolio: { symbolLimitUsd: 50_000, grossLimitUsd: 150_000, netLimitUsd: 100_000 },
    intents: { maxOrderUsd: 20_000, urgentTradeUsd: 1_000_000 },
    killSwitches: { lossLimitUsd: 50_000, drawdownLimitRatio: 0.5 },
  },
  order: { risk: { maxOrderNotionalUsd: 50_000, maxPositionUsd: 100_000, maxGrossUsd: 200_000 } },
}

describe('a position too small to be closed', () => {
  const folder = temporaryFolder()
  const written = (name: string, content: unknown) => {
    const file = join(folder(), name)
    writeFileSync(file, JSON.stringify(content))
    return file
  }

  it('is reported as dust and blocks nothing: trading continues, and no order is refused for its size', async () => {
    const btc = loadInstruments().find(({ venue, symbol }) => venue === 'sim' && symbol === SYMBOL)
    const instruments = [{ ...btc, minNotional: String(MIN_NOTIONAL) }]
    const flags = ['--seed', '3', '--start-time', '2024-08-08T14:30Z', '--speed', 'max', '--duration', '300s']
    const { source, planes } = composedByHand(
      [...flags, '--config', written('config.json', largeOrders)],
      [written('instruments.json', { version: 1, instruments })],
    )

    let begun = 0
    let ended = 0
    let isDust = false
    for await (const items of source.feed.batches()) {
      for (const item of items) planes.lockstep.accept(item)
      planes.observe()
      for (const { positions } of [planes.strategy.core.summary().account, planes.order.core.view().account]) {
        const held = positions.find(({ position }) => position.instrument === INSTRUMENT)
        if (!held) continue
        const { quantity, quantityScale, mark } = held.position
        const worth = (Math.abs(Number(quantity)) / 10 ** quantityScale) * mark
        if (Math.abs(worth - MIN_NOTIONAL) > 0.01) expect(held.isDust).toBe(worth > 0 && worth < MIN_NOTIONAL)
      }
      const held = planes.order.core.view().account.positions.find(({ position }) => position.instrument === INSTRUMENT)
      if (held?.isDust === true && !isDust) begun++
      if (held?.isDust === false && isDust) ended++
      isDust = held?.isDust === true
    }
    const { totals } = planes.order.core.view()
    expect(begun).toBeGreaterThan(1)
    expect(ended).toBeGreaterThanOrEqual(begun - 1)
    expect(totals.denials).toMatchObject({ min_notional: 0, reduce_only: 0, lot_size: 0 })
  }, 300_000)
})
