import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { anInstrument } from '@triplane/testing'
import { composedByHand } from './composed-by-hand.ts'
import { temporaryFolder } from './run-standalone.ts'

const BTC = 'BTC/USDT@sim'
const expiryUs = Date.parse('2024-08-08T14:31:00Z') * 1000

describe('a dated future that expires in a run', () => {
  const folder = temporaryFolder()

  it('trades until then and not after, and both ledgers hold the rest of it at its last mark', async () => {
    const path = join(folder(), 'future.json')
    const future = anInstrument({
      kind: 'linear_future',
      expiry: '2024-08-08T14:31Z',
      tickSize: '0.01',
      lotSize: '0.00001',
    })
    writeFileSync(path, JSON.stringify({ version: 1, instruments: [future] }))
    const flags = ['--seed', '7', '--duration', '90s', '--start-time', '2024-08-08T14:30Z', '--speed', 'max']
    const { source, planes } = composedByHand(flags, [path])
    const { lockstep, order, strategy } = planes
    const traded = () => {
      const { open, account, totals } = order.core.view()
      const held = account.positions.find(({ position }) => position.instrument === BTC)
      const works = open.some(({ intent }) => intent.instrument === BTC)
      return { works, quantity: held?.position.quantity, cashFlow: held?.position.cashFlow, denials: totals.denials }
    }
    let atExpiry: ReturnType<typeof traded> | undefined
    for await (const items of source.feed.batches()) {
      for (const item of items) {
        lockstep.accept(item)
        // Orders cancelled at the expiry have ended a moment later.
        if (!atExpiry && (lockstep.nowUs ?? 0) > expiryUs + 1_000_000) atExpiry = traded()
      }
    }
    lockstep.closeBefore((lockstep.nowUs ?? 0) + 1_000_000)
    expect(lockstep.nowUs).toBeGreaterThan(expiryUs + 20_000_000)
    expect(order.core.view().totals.fills).toBeGreaterThan(5)
    expect(atExpiry).toMatchObject({ works: false, denials: { session_closed: 0 } })
    expect(atExpiry?.quantity).not.toBe(0n)
    expect(traded()).toEqual(atExpiry)
    expect(order.core.view().account.positions).toEqual(strategy.core.summary().account.positions)
  }, 120_000)
})
