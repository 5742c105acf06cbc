import { aMarketStatus } from '@triplane/testing'
import { createGapLedger } from './gap-ledger.ts'

const gap = (tsRecvUs: number, missing: number) =>
  aMarketStatus({ source: 'sim', symbol: 'BTC/USDT', tsRecvUs, status: 'gap', reason: 'update_id', missing })

it('enters gaps only', () => {
  const ledger = createGapLedger()
  ledger.onStatus(aMarketStatus({ status: 'book_invalid' }))
  expect(ledger.count).toBe(0)
  ledger.onStatus(gap(7, 3))
  expect(ledger.recent).toEqual([{ source: 'sim', symbol: 'BTC/USDT', tsRecvUs: 7, reason: 'update_id', missing: 3 }])
})

it('counts all gaps and remembers the newest, also when restored', () => {
  let ledger = createGapLedger(2)
  for (const status of [gap(1, 3), gap(2, 5), gap(3, 0)]) {
    ledger.onStatus(status)
    ledger = createGapLedger(2, JSON.parse(JSON.stringify(ledger.snapshot())))
  }
  expect([ledger.count, ledger.missing]).toEqual([3, 8])
  expect(ledger.recent.map(({ tsRecvUs }) => tsRecvUs)).toEqual([2, 3])
})
