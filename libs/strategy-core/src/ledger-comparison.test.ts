import type { Fill, LedgerDigest, LedgerTotals } from '@triplane/contracts'
import { configuredRates, RunRates } from '@triplane/instruments'
import { createLedger } from '@triplane/ledger'
import {
  aFill,
  aLedgerDigest,
  aLedgerStated,
  aMark,
  aMarketStatus,
  anInstrument,
  anOfi,
  anOrderEvent,
  aQuote,
  testStartUs,
} from '@triplane/testing'
import { strategyConfigSchema } from './config.ts'
import type { LedgerNotice } from './ledger-notice.ts'
import { createStrategyCore } from './pipeline.ts'
import type { StrategyInput, StrategySnapshot } from './strategy-plane-core.ts'

const instruments = [anInstrument()]
const config = strategyConfigSchema.parse({
  startingCashUsd: '1000000',
  intents: { minIntervalMs: 0 },
  ofi: { warmUpMs: 0, deadBandDeviations: 0.1, minChange: 0.01 },
})
const rates = configuredRates(config.ratesToUsd)
const at = (ms: number) => testStartUs + ms * 1000

/** The order plane's ledger, and a strategy plane that hears of it. */
function bothPlanes() {
  const truth = createLedger({ startingCashUsd: '1000000', instruments, rates: new RunRates(rates) })
  const notices: string[] = []
  const deps = {
    ...{ instruments, rates, isSessionOpen: () => true },
    onNotice: (notice: { readonly code: string; readonly reason?: string } | LedgerNotice) =>
      void notices.push('reason' in notice ? `${notice.code} ${notice.reason}` : notice.code),
  }
  let core = createStrategyCore(config, deps)
  let seq = 0
  let digests = 0
  const take = (event: StrategyInput) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  take(aMarketStatus({ tsRecvUs: at(0), status: 'book_valid' }))
  take(aQuote({ tsRecvUs: at(0), bid: 50_000, ask: 50_000.1 }))
  take(aMark({ tsRecvUs: at(0), price: 50_000, ageUs: 0 }))
  truth.mark('BTC/USDT@sim', 50_000, at(0))
  take(anOrderEvent({ effectUs: at(1), intentId: 'OFI-1', state: 'filled' }))
  const fillOf = (fields: Partial<Fill>) => aFill({ effectUs: at(10), price: '50000', ...fields })
  return {
    take,
    notices,
    truth,
    summary: () => core.summary(),
    restore: () => {
      core = createStrategyCore(config, deps, JSON.parse(JSON.stringify(core.snapshot())) as StrategySnapshot)
    },
    /** A fill that both planes book. */
    fill: (fields: Partial<Fill>) => {
      truth.book(fillOf(fields))
      return take(fillOf(fields))
    },
    /** One of the order plane's whose record is lost, and one on the bus that the order plane never booked. */
    lose: (fields: Partial<Fill>) => truth.book(fillOf(fields)),
    forge: (fields: Partial<Fill>) => take(fillOf(fields)),
    digest: (fields: Partial<LedgerDigest> = {}) =>
      take(aLedgerDigest({ effectUs: at(20), digest: ++digests, ...truth.totals(), isDisputed: false, ...fields })),
    state: () =>
      take(
        aLedgerStated({
          effectUs: at(30),
          account: truth.owned(),
          ...truth.totals(),
          lastFillId: truth.lastFillId ?? '',
        }),
      ),
  }
}

describe('a fill', () => {
  it('is not booked when its order never was, also not after a restart', () => {
    const { forge, fill, restore, summary, notices } = bothPlanes()
    forge({ fillId: 'x/1', intentId: 'OFI-2' })
    restore()
    forge({ fillId: 'x/2', intentId: 'OFI-2' })
    forge({ fillId: 'x/3', intentId: 'lost' })
    expect(notices).toEqual(Array(3).fill('fill_refused unknown_order'))
    expect(summary().account.positions).toEqual([])
    fill({ fillId: 'OFI-1/1' })
    expect(summary().account.positions).toHaveLength(1)
  })

  it('is booked for an intent of this plane of which the order plane has told nothing yet', () => {
    const { take, fill, summary } = bothPlanes()
    const sent = take(anOfi({ tsRecvUs: at(2), value: 4, depth: 2 })).find(({ type }) => type === 'orderIntent')
    if (sent?.type !== 'orderIntent') throw new Error('Expected an intent')
    fill({ fillId: 'a', intentId: sent.intentId, quantity: '0.001' })
    expect(summary().account.positions).toMatchObject([{ position: { quantity: 100_000n } }])
  })

  it.each<Partial<Fill>>([
    { instrument: 'DOGE/USDT@sim' },
    { quantity: '0' },
    { quantity: '-1' },
    { quantity: '0.0000000001' },
    { price: '1.00000000000001' },
    { fee: '0.0000000001' },
    { feeCurrency: 'XYZ' },
  ])('is refused, and ends nothing, when it cannot be booked: %j', (fields) => {
    const { forge, summary, notices } = bothPlanes()
    forge({ fillId: 'x', ...fields })
    expect(notices).toEqual([expect.stringMatching(/^fill_refused (unknown_instrument|bad_amount)$/)])
    expect(summary().account.positions).toEqual([])
  })
})

describe('the ledger of the strategy plane', () => {
  it('answers a digest with what it comes to, and agrees when nothing was lost', () => {
    const { fill, digest, notices } = bothPlanes()
    fill({ fillId: 'a', quantity: '0.5' })
    const [answer] = digest()
    const positions: LedgerTotals['positions'] = [{ instrument: 'BTC/USDT@sim', quantity: '0.5' }]
    expect(answer).toMatchObject({ type: 'ledgerAnswer', effectUs: at(20), digest: 1, fills: 1, positions })
    expect(notices).toEqual([])
  })

  it.each(['lose', 'forge'] as const)('only reduces after a difference, until it has adopted the other: %s', (how) => {
    const plane = bothPlanes()
    plane.fill({ fillId: 'a', quantity: '0.5' })
    plane[how]({ fillId: 'b', quantity: '0.2' })
    plane.digest()
    expect(plane.notices).toEqual(['ledgers_differ'])
    expect(plane.summary().differences).toEqual({ bookings: 1, positions: 1 })
    plane.restore()
    const sent = plane.take(anOfi({ tsRecvUs: at(25), value: 40, depth: 2 }))
    expect(sent.find(({ type }) => type === 'orderIntent')).toMatchObject({ side: 'SELL', reduceOnly: true })
    plane.state()
    expect(plane.summary().account.positions).toMatchObject([{ position: plane.truth.position('BTC/USDT@sim') }])
    plane.digest({ isDisputed: true })
    plane.digest()
    expect(plane.notices).toEqual(['ledgers_differ', 'ledger_adopted', 'ledgers_agree'])
  })

  it('only reduces while the order plane disputes its answers', () => {
    const { digest, notices } = bothPlanes()
    digest({ isDisputed: true })
    digest()
    expect(notices).toEqual(['ledgers_differ', 'ledgers_agree'])
  })

  it('adopts nothing while it agrees', () => {
    const { fill, state, notices, summary } = bothPlanes()
    fill({ fillId: 'a', quantity: '0.5' })
    state()
    expect(notices).toEqual(['ledger_not_adopted'])
    expect(summary().account.positions).toHaveLength(1)
  })
})
