import type { LedgerAnswer, LedgerDigest } from '@triplane/contracts'
import { aLedgerAnswer } from '@triplane/testing'
import { Session } from '../test/session.ts'

const SECOND_US = 1_000_000

const digestsOf = ({ outputs }: Session) =>
  outputs.filter((event): event is LedgerDigest => event.type === 'ledgerDigest')

/** A session that has bought 1 and was asked for the digest behind that. */
function digested() {
  const session = new Session().open()
  session.intent('a', { limitPrice: '100.1' })
  session.wait(6 * SECOND_US).quote(100, 100.1)
  session.settle()
  const [digest] = digestsOf(session)
  if (!digest) throw new Error('Expected a digest')
  return { session: session.forget(), digest }
}

/** Answers a digest, as a ledger that has booked the same but for `fields`. */
function answer(
  session: Session,
  { isDisputed: _, ...digest }: LedgerDigest,
  fields: Partial<LedgerAnswer> = {},
): void {
  session.send(aLedgerAnswer({ ...digest, type: 'ledgerAnswer', effectUs: session.nowUs, ...fields }))
}

describe('digests of the ledger', () => {
  it('say what was booked, every five seconds while market data comes, and none through a hole', () => {
    const { session, digest } = digested()
    expect(digest).toMatchObject({
      digest: 1,
      fills: 1,
      positions: [{ instrument: 'BTC/USD@sim', quantity: '1' }],
      isDisputed: false,
    })
    session.wait(3600 * SECOND_US).settle()
    expect(digestsOf(session)).toHaveLength(1)
    session.quote(100, 100.1)
    for (let i = 0; i < 12; i++) session.wait(SECOND_US).quote(100, 100.1)
    expect(digestsOf(session).map((one) => one.digest)).toEqual([2, 3, 4])
  })

  it('leave trading as it is when the answer agrees, also one to a digest of before a restore', () => {
    const { session, digest } = digested()
    session.restore()
    answer(session, digest)
    expect(session.reconciled).toEqual(['ok'])
    expect(session.core.view()).toMatchObject({ tradingState: 'active', differences: { bookings: 0, positions: 0 } })
  })

  it.each<{ name: string; fields: Partial<LedgerAnswer>; differences: object }>([
    {
      name: 'a fill fewer',
      fields: { fills: 0, fillChain: '0', positions: [] },
      differences: { bookings: 1, positions: 1 },
    },
    { name: 'three more', fields: { fills: 4 }, differences: { bookings: 3, positions: 0 } },
    { name: 'a fill that said something else', fields: { fillChain: 'x' }, differences: { bookings: 1, positions: 0 } },
    { name: 'other cash', fields: { cash: [] }, differences: { bookings: 1, positions: 0 } },
    {
      name: 'a cross that never came',
      fields: { crosses: 1, crossChain: 'x' },
      differences: { bookings: 1, positions: 0 },
    },
  ])('only reduce from an answer on that differs, until one agrees: $name', ({ fields, differences }) => {
    const { session, digest } = digested()
    answer(session, digest, fields)
    expect(session.core.view()).toMatchObject({ tradingState: 'reducing', differences })
    session.restore()
    session.intent('b')
    expect(session.brief()).toContain('b denied trading_state')
    session.wait(5 * SECOND_US).quote(100, 100.1)
    session.wait(SECOND_US).settle()
    const disputed = digestsOf(session).at(-1) as LedgerDigest
    expect(disputed.isDisputed).toBe(true)
    answer(session, disputed)
    expect(session.reconciled).toEqual(['differences', 'ok'])
    expect(session.core.view().tradingState).toBe('active')
  })

  it('judge no answer to a digest that was never sent, or was answered', () => {
    const { session, digest } = digested()
    answer(session, digest, { digest: 77, fills: 9 })
    answer(session, digest)
    answer(session, digest, { fills: 9 })
    expect(session.reconciled).toEqual(['error', 'ok', 'error'])
    expect(session.core.view().tradingState).toBe('active')
  })
})

it('states the whole ledger by an order of an operator', () => {
  const { session } = digested()
  session.command('adopt')
  const { account } = session.core.account.owned()
  expect(session.outputs).toMatchObject([{ type: 'ledgerStated', account, fills: 1 }])
  expect(session.core.view().tradingState).toBe('active')
})
