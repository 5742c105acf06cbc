import { aMarketStatus } from '@triplane/testing'
import { createGapLedger } from './gap-ledger.ts'

const gap = (missing: number) => aMarketStatus({ status: 'gap', reason: 'update_id', missing })

it('enters gaps only', () => {
  const ledger = createGapLedger()
  ledger.onStatus(aMarketStatus({ status: 'book_invalid' }))
  expect(ledger.count).toBe(0)
  ledger.onStatus(gap(3))
  expect(ledger.count).toBe(1)
})

it('counts gaps and missing ids, also when restored', () => {
  let ledger = createGapLedger()
  for (const status of [gap(3), gap(5), gap(0)]) {
    ledger.onStatus(status)
    ledger = createGapLedger(JSON.parse(JSON.stringify(ledger.snapshot())))
  }
  expect([ledger.count, ledger.missing]).toEqual([3, 8])
})
