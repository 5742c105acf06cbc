import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadInstruments } from '@triplane/config'
import type { Report } from '../src/report.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const seeded = ['--seed', '7', '--start-time', '2024-08-08T14:30Z', '--speed', 'max']

/** The parts of a report that must not depend on where the run was cut. */
const outcome = ({
  frames,
  events,
  gaps,
  books,
  bars,
  ofi,
  orders,
  denied,
  pnl,
  killSwitches,
  hash,
  hashes,
}: Report) => {
  return { frames, events, gaps, books, bars, ofi, orders, denied, pnl, killSwitches, hash, hashes }
}

describe('--resume', () => {
  const varFolder = temporaryFolder()

  it('continues as if the run had never stopped', async () => {
    const whole = await runStandalone([...seeded, '--duration', '60s'], join(varFolder(), 'whole'))
    const cut = join(varFolder(), 'cut')
    const first = await runStandalone([...seeded, '--duration', '25s'], cut)
    const second = await runStandalone(['--resume', '--speed', 'max', '--duration', '35s'], cut)
    expect(first.events.trade).toBeGreaterThan(1000)
    expect(whole.events.fill).toBeGreaterThan(0)
    expect(outcome(second)).toEqual(outcome(whole))
    expect(second.run).toMatchObject({ id: first.run.id, seed: 7, startTimeUs: whole.run.startTimeUs })
  }, 180_000)

  it("continues in the middle of a strategy's warm-up", async () => {
    const history = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,MOM', TRIPLANE_STRATEGY_MOM_BARS: '2' }
    const whole = await runStandalone([...seeded, '--duration', '300s'], join(varFolder(), 'warm'), history)
    const cut = join(varFolder(), 'warming')
    await runStandalone([...seeded, '--duration', '150s'], cut, history)
    expect(readFileSync(join(cut, 'standalone', 'run.json'), 'utf8')).toContain('"isWarm":false')
    const second = await runStandalone(['--resume', '--speed', 'max', '--duration', '150s'], cut, history)
    expect(outcome(second)).toEqual(outcome(whole))
  }, 180_000)

  it('continues from an interruption as if it had never happened', async () => {
    const whole = await runStandalone([...seeded, '--duration', '60s'], join(varFolder(), 'uninterrupted'))
    const cut = join(varFolder(), 'interrupted')
    const first = await runStandalone([...seeded, '--duration', '60s'], cut, {}, 250)
    // The market advances in steps of 100 ms.
    const leftMs = 60_000 - Math.ceil(first.run.marketSeconds * 10) * 100
    const second = await runStandalone(['--resume', '--speed', 'max', '--duration', `${leftMs}ms`], cut)
    expect(leftMs).toBeGreaterThan(30_000)
    expect(leftMs).toBeLessThan(50_000)
    expect(first.killSwitches.stale_data).toMatchObject({ active: false })
    expect(outcome(second)).toEqual(outcome(whole))
  }, 180_000)

  it('accepts other settings', async () => {
    const folder = join(varFolder(), 'settings')
    const first = await runStandalone([...seeded, '--duration', '2s'], folder)
    const tighter = ['--config', join(__dirname, 'tighter-limits.json')]
    const second = await runStandalone(['--resume', '--speed', 'max', '--duration', '1s', ...tighter], folder)
    expect(second.run.id).toBe(first.run.id)
    expect(second.frames.in).toBeGreaterThan(first.frames.in)
  }, 180_000)

  it('accepts other steps of the instruments file: too coarse trades nothing, fitting steps trade at once', async () => {
    const folder = join(varFolder(), 'steps')
    const [btc] = loadInstruments().filter(({ venue, symbol }) => venue === 'sim' && symbol === 'BTC/USDT')
    const withSteps = (tickSize: string, lotSize: string) => {
      const file = join(varFolder(), `steps-${tickSize}.json`)
      writeFileSync(file, JSON.stringify({ version: 1, instruments: [{ ...btc, tickSize, lotSize }] }))
      return ['--instruments', file]
    }
    const orders = ({ orders }: Report) => Object.values(orders).reduce((sum, count) => sum + count, 0)
    const resume = ['--resume', '--speed', 'max', '--duration', '20s']
    const whole = await runStandalone([...seeded, '--duration', '20s'], folder)
    expect(whole.positions['BTC/USDT@sim']?.quantity).not.toBe(0)
    const coarse = await runStandalone([...resume, ...withSteps('10', '0.1')], folder)
    const position = coarse.positions['BTC/USDT@sim']?.quantity
    const fine = await runStandalone([...resume, ...withSteps('0.01', '0.00000001')], folder)
    expect(coarse.positions['BTC/USDT@sim']?.quantity).toBe(position)
    expect(orders(fine)).toBeGreaterThan(orders(coarse))
    expect(fine.positions['BTC/USDT@sim']?.quantity).not.toBe(position)
  }, 180_000)

  it("continues with the account's initial cash, and reports it", async () => {
    const folder = join(varFolder(), 'cash')
    const first = await runStandalone([...seeded, '--duration', '25s'], folder)
    const richer = join(varFolder(), 'richer.json')
    writeFileSync(richer, JSON.stringify({ account: { startingCashUsd: '250000' } }))
    const second = await runStandalone(['--resume', '--speed', 'max', '--duration', '35s', '--config', richer], folder)
    for (const { pnl } of [first, second]) expect(Math.abs(pnl.equityUsd - 100_000)).toBeLessThan(1_000)
    expect(second.pnl.equityUsd).toBeCloseTo(100_000 + second.pnl.realizedUsd + second.pnl.unrealizedUsd, 6)
    const log = readFileSync(join(folder, 'log', 'triplane.log'), 'utf8')
    expect(log).toContain('The account goes on with the 100000 USD that it began with: 250000 are for a new run')
  }, 180_000)

  it('refuses state without a field, by its path', async () => {
    const folder = join(varFolder(), 'misfit')
    await runStandalone([...seeded, '--duration', '2s'], folder)
    const file = join(folder, 'standalone', 'run.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"peakUsd":"\d+",/, ''))
    await expect(runStandalone(['--resume', '--speed', 'max', '--duration', '1s'], folder)).rejects.toThrow(
      /Cannot resume the run .*: Expected the field \/state\/planes\/\w+\/core\/ledger\/peakUsd, was nothing/,
    )
  }, 180_000)

  it('refuses when there is nothing to resume', async () => {
    await expect(runStandalone(['--resume', '--speed', 'max'], join(varFolder(), 'nothing'))).rejects.toThrow(
      /found none/,
    )
  })
})

describe('a seed and a start time', () => {
  const varFolder = temporaryFolder()

  it('reproduce the run, and another seed does not', async () => {
    const one = await runStandalone([...seeded, '--duration', '20s'], varFolder())
    const two = await runStandalone([...seeded, '--duration', '20s'], varFolder())
    const other = await runStandalone(['--seed', '8', ...seeded.slice(2), '--duration', '20s'], varFolder())
    expect(outcome(two)).toEqual(outcome(one))
    expect(two.run.id).not.toBe(one.run.id)
    expect(other.hash).not.toBe(one.hash)
  }, 180_000)
})
