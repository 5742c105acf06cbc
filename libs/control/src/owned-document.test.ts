import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSameAccount, openingOf, readOwned, sealOwned, type OwnedDocument } from './owned-document.ts'

/** Written by the version that wrote the first document: whatever comes later reads it. Never written again. */
const golden = readFileSync(join(__dirname, '../test/golden/owned-state.v1.json'), 'utf8')
const first = JSON.parse(golden) as OwnedDocument

describe('the document of what an account owns', () => {
  it('of the first version is read', () => {
    expect(readOwned(first)).toEqual({ ok: true, value: first })
    expect(openingOf(first)).toMatchObject({
      openingId: first.digest,
      switches: ['drawdown'],
      account: { positions: [{ parts: [{ strategy: 'OFI', quantity: '0.1' }, { quantity: '-0.04' }] }, {}] },
    })
  })

  it('is written as it was', () => {
    const { format: _, version: __, digest: ___, ...content } = first
    expect(sealOwned(content)).toEqual(first)
  })

  it('says the same whatever the order of its fields is', () => {
    const turned = Object.fromEntries(Object.entries(first).reverse())
    expect(readOwned(turned)).toMatchObject({ ok: true })
  })

  it('is refused when any character of its content was changed', () => {
    const digits = [...golden.matchAll(/\d/g)].map(({ index }) => index)
    for (const at of digits) {
      const other = golden[at] === '1' ? '2' : '1'
      const changed = `${golden.slice(0, at)}${other}${golden.slice(at + 1)}`
      expect([at, readOwned(JSON.parse(changed)).ok]).toEqual([at, false])
    }
  })

  it.each([
    { name: 'nothing', value: undefined, error: 'Expected a document of the format triplane-owned-state, was another' },
    {
      name: 'a snapshot',
      value: { version: 1, state: {} },
      error: 'Expected a document of the format triplane-owned-state, was another',
    },
    {
      name: 'one of a later version',
      value: { ...first, version: 2 },
      error: 'Expected version 1 of the document, was 2',
    },
    {
      name: 'one that lost a field',
      value: JSON.parse(JSON.stringify({ ...first, owned: { ...first.owned, cash: undefined } })) as unknown,
      error: 'Expected the field /owned/cash, was nothing',
    },
    { name: 'one with another field', value: { ...first, note: 'x' }, error: 'Expected no field /note, was "x"' },
    { name: 'one whose account was edited', value: { ...first, account: 'live-2' }, error: 'the document was changed' },
  ])('is refused when it is $name', ({ value, error }) => {
    const read = readOwned(value)
    expect(read.ok ? 'read' : read.error).toContain(error)
  })
})

describe('what one account owned', () => {
  it.each([
    { from: 'live-1', to: 'live-1', same: true },
    { from: 'live-1', to: 'live-2', same: false },
    { from: 'sim-a', to: 'sim-b', same: true },
    { from: 'sim-a', to: 'live-1', same: false },
    { from: 'live-1', to: 'sim-b', same: false },
  ])('of $from opens $to: $same', ({ from, to, same }) => {
    expect(isSameAccount(from, to)).toBe(same)
  })
})
