import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instrumentsOf, loadInstruments } from '@triplane/config'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const ETH = 'ETH/USDT@sim'

describe('an instrument that is only quoted', () => {
  const varFolder = temporaryFolder()

  /** The report of a run in which ETH/USDT has these fields. */
  async function reportWith(fields: { readonly isTraded?: boolean; readonly hasBook?: boolean }) {
    const instruments = instrumentsOf(['sim'], loadInstruments())
      .filter(({ symbol }) => symbol === 'ETH/USDT')
      .map((instrument) => ({ ...instrument, ...fields }))
    const file = join(varFolder(), 'instruments.json')
    writeFileSync(file, JSON.stringify({ version: 1, instruments }))
    const flags = ['--seed', '3', '--duration', '60s', '--speed', 'max', '--start-time', '2024-08-08T14:30Z']
    return runStandalone([...flags, '--instruments', file], join(varFolder(), 'var'))
  }

  it('is seen and not traded, and has no book', async () => {
    const traded = await reportWith({})
    const quoted = await reportWith({ isTraded: false })
    expect(Object.keys(traded.positions)).toContain(ETH)
    expect(Object.keys(quoted.positions)).not.toContain(ETH)
    expect([ETH in traded.books, ETH in quoted.books]).toEqual([true, false])
    expect(quoted.bars[ETH]).toEqual(traded.bars[ETH])
    expect(quoted.ofi[ETH]).toEqual(traded.ofi[ETH])
    expect(quoted.frames).toEqual(traded.frames)
    expect(quoted.orders.filled).toBeGreaterThan(0)
    expect(quoted.denied).toEqual(traded.denied)
  })

  it('has a book on request', async () => {
    const quoted = await reportWith({ isTraded: false, hasBook: true })
    expect(quoted.books[ETH]).toMatchObject({ valid: true })
    expect(Object.keys(quoted.positions)).not.toContain(ETH)
  })
})
