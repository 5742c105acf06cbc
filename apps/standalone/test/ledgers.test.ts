import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { anInstrument } from '@triplane/testing'
import { composeStandalone } from '../src/compose.ts'
import { parseOptions } from '../src/options.ts'
import type { Planes } from '../src/planes.ts'
import { composedByHand } from './composed-by-hand.ts'
import { runStandalone, silentScreen, temporaryFolder } from './run-standalone.ts'

const start = ['--start-time', '2024-08-08T14:30Z', '--speed', 'max']
const folder = temporaryFolder()

/** What both ledgers report about the account. Only the strategy plane tracks the highest equity. */
function accountsOf({ strategy, order }: Planes) {
  const [ours, theirs] = [strategy.core.summary(), order.core.view()].map(({ account, roundTrips }) => {
    const { maxDrawdownRatio: _, drawdownRatio: __, ...figures } = account
    return { ...figures, roundTrips }
  })
  return [ours, theirs] as const
}

describe('both ledgers', () => {
  it.each([
    { seed: 3, scenario: [] },
    { seed: 6, scenario: [], strategies: 'OFI,MM' },
    { seed: 3, scenario: [], contractSize: '10' },
    { seed: 7, scenario: [], isFed: true },
    { seed: 4, scenario: ['--scenario', 'bad-ticks'] },
    { seed: 5, scenario: ['--scenario', 'storm'] },
  ])(
    'agree at each instant at which both have the same inputs, run $seed',
    async ({ seed, scenario, strategies = 'OFI', contractSize, isFed = false }) => {
      const flags = ['--seed', String(seed), '--duration', '60s', ...start, ...scenario]
      const environment = {
        TRIPLANE_STRATEGY_STRATEGIES: strategies,
        ...(isFed && { TRIPLANE_ACCOUNT_RATES_TO_USD: '{"USD":"1","USDT":"1","KRW":{"instrument":"TSLA@sim"}}' }),
      }
      const files = contractSize === undefined ? [] : [contractsFile(folder(), contractSize)]
      if (isFed) files.push(wonFile(folder()))
      const { source, planes, metrics } = composedByHand(flags, files, environment)
      const { lockstep, order } = planes
      let compared = 0
      let fills = 0
      let moved = 0
      let lastEquityUsd = 0n
      for await (const items of source.feed.batches()) {
        for (const item of items) {
          lockstep.accept(item)
          lockstep.closeBefore(item.tsRecvUs + 1)
          // Reading changes nothing, at whatever time.
          if (compared % 97 === 0) await metrics.strategy.expose()
          const [ours, theirs] = accountsOf(planes)
          // A fill reaches the strategy plane a moment after the order plane has booked it.
          const booked = order.core.view().totals.fills
          if (booked !== fills && quantities(ours) !== quantities(theirs)) continue
          fills = booked
          expect(theirs).toEqual(ours)
          compared++
          if (ours && ours.equityUsd !== lastEquityUsd) {
            moved++
            lastEquityUsd = ours.equityUsd
          }
        }
        planes.observe()
      }
      lockstep.closeBefore((lockstep.nowUs ?? 0) + 1_000_000)
      const [ours, theirs] = accountsOf(planes)
      expect(theirs).toEqual(ours)
      const exposed = await metrics.order.expose()
      expect(exposed).toMatch(/orders_reconciliation_runs_total\{result="ok"[^}]*\} 1[1-9]/)
      expect(exposed).toMatch(/orders_reconciliation_runs_total\{result="differences"[^}]*\} 0/)
      expect(fills).toBeGreaterThan(5)
      expect(compared).toBeGreaterThan(1_000)
      expect(moved).toBeGreaterThan(30)
    },
    300_000,
  )
})

/** The simulated ether as a perpetual quoted in won, and the simulated TSLA as the price of a dollar in won. */
function wonFile(at: string): string {
  const ether = anInstrument({
    ...{ symbol: 'ETH/USDT', venueSymbol: 'ETHUSDT', base: 'ETH', quote: 'KRW' },
    ...{ kind: 'linear_perpetual', contractSize: '100', tickSize: '0.01', lotSize: '0.0001' },
  })
  const won = { ...{ symbol: 'TSLA', venueSymbol: 'TSLA', base: 'USD', quote: 'KRW' }, isTraded: false }
  const path = join(at, 'won.json')
  writeFileSync(path, JSON.stringify({ version: 1, instruments: [ether, anInstrument({ ...won, tickSize: '0.01' })] }))
  return path
}

/** The simulated bitcoin as a perpetual with a contract size. */
function contractsFile(at: string, contractSize: string): string {
  const bitcoin = anInstrument({ kind: 'linear_perpetual', contractSize })
  const path = join(at, 'contracts.json')
  writeFileSync(path, JSON.stringify({ version: 1, instruments: [bitcoin] }))
  return path
}

function quantities(account: ReturnType<typeof accountsOf>[number]): string {
  return (account?.positions ?? []).map(({ position }) => `${position.instrument} ${position.quantity}`).join()
}

it('come to the same run, to the hash, when it is scraped and inspected all the time', async () => {
  const flags = ['--seed', '3', ...start, '--duration', '40s']
  const alone = await runStandalone(flags, join(folder(), 'alone'))

  const ports = ['--storage', 'off', '--ports', '0,0,0', '--var', join(folder(), 'watched')]
  const standalone = await composeStandalone(
    parseOptions([...flags, ...ports], () => 1),
    { clock: systemClock, screen: silentScreen, environment: {} },
  )
  let looks = 0
  let isOver = false
  const look = async () => {
    while (!isOver) {
      for (const url of standalone.urls) {
        for (const path of ['/metrics', '/status/positions', '/status/orders']) {
          // Awaits both the answer and its body: at its end the run closes its ports, even on active readers.
          const body = await fetch(`${url}${path}`)
            .then(async (response) => (response.ok ? response.text() : ''))
            .catch(() => '')
          if (body.length > 0) looks++
        }
      }
    }
  }
  const looking = look()
  const watched = await standalone.run()
  isOver = true
  await looking
  expect(looks).toBeGreaterThan(10)
  expect(watched.events.fill).toBeGreaterThan(0)
  const outcome = ({ hash, hashes, pnl, positions, orders, killSwitches }: typeof alone) => {
    return { hash, hashes, pnl, positions, orders, killSwitches }
  }
  expect(outcome(watched)).toEqual(outcome(alone))
}, 300_000)
