import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInstruments } from './instruments.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triplane-instruments-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const solana = {
  symbol: 'SOL/USDT',
  venue: 'binance_spot',
  exchange: 'binance',
  venueSymbol: 'SOLUSDT',
  kind: 'spot',
  base: 'SOL',
  quote: 'USDT',
  tickSize: '0.01',
  lotSize: '0.001',
  minNotional: '5',
  session: '24x7',
}

function file(name: string, ...instruments: object[]): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify({ version: 1, instruments }))
  return path
}

describe('instruments', () => {
  it('has those of the recorded data and of the simulated market built in', () => {
    const built = loadInstruments().map(({ venue, symbol }) => `${venue} ${symbol}`)
    expect(built).toEqual(
      expect.arrayContaining(['binance_spot BTC/USDT', 'binance_usdm BTC/USDT:USDT', 'sim BTC/USDT', 'sim SPY']),
    )
    expect(new Set(built).size).toBe(built.length)
  })

  it("adds the user's, and replaces one of the same venue and symbol", () => {
    const before = loadInstruments()
    const after = loadInstruments([
      file('a.json', solana),
      file('b.json', { ...solana, lotSize: '0.1' }, { ...before[0], tickSize: '0.05' }),
    ])
    expect(after).toHaveLength(before.length + 1)
    expect(after.at(-1)).toEqual({ ...solana, lotSize: '0.1' })
    expect(after[0]).toEqual({ ...before[0], tickSize: '0.05' })
  })

  it('names file and path of every violation', () => {
    const { quote: _, ...withoutQuote } = solana
    const bad = file('bad.json', { ...solana, tickSize: 0.01, session: 'always', margin: 1 }, withoutQuote)
    expect(() => loadInstruments([bad])).toThrow(
      [
        `${bad} is not valid:`,
        '  instruments[0].margin: expected no such field, found 1',
        '  instruments[0].tickSize: expected a decimal string such as "0.01", found 0.01',
        '  instruments[0].session: expected one of 24x7, us_equity, found "always"',
        '  instruments[1].quote: expected required property, found nothing',
      ].join('\n'),
    )
  })

  it.each([
    [
      'a tick size of 0',
      [{ ...solana, tickSize: '0.00' }],
      'instruments[0].tickSize: expected more than 0, found "0.00"',
    ],
    [
      'a contract size of 0',
      [{ ...solana, contractSize: '0' }],
      'instruments[0].contractSize: expected more than 0, found "0"',
    ],
    [
      'a contract size of what is no contract',
      [{ ...solana, contractSize: '0.01' }],
      'instruments[0].contractSize: expected none, or 1, of a spot: only a contract has another size, found "0.01"',
    ],
    ['a lot size below 0', [{ ...solana, lotSize: '-1' }], 'instruments[0].lotSize: expected more than 0, found "-1"'],
    [
      'a minimum below 0',
      [{ ...solana, minNotional: '-1' }],
      'instruments[0].minNotional: expected 0 or more, found "-1"',
    ],
    [
      'a size in words',
      [{ ...solana, lotSize: '1e-3' }],
      'instruments[0].lotSize: expected a decimal string such as "0.01", found "1e-3"',
    ],
    [
      'a symbol twice in a file',
      [solana, solana],
      'instruments[1].symbol: expected each symbol of binance_spot once, found SOL/USDT again',
    ],
    [
      'a venue symbol twice',
      [{ ...solana, venueSymbol: 'BTCUSDT' }],
      'instruments[0].venueSymbol: expected a venue symbol of its own in binance_spot, found that of BTC/USDT',
    ],
    [
      'a symbol twice at an exchange, which metrics could not tell apart',
      [{ ...solana, symbol: 'BTC/USDT', venue: 'binance_margin' }],
      'instruments[0].exchange: expected another exchange than that of BTC/USDT in binance_spot: metrics tell them apart',
    ],
    [
      'an index that is traded',
      [{ ...solana, kind: 'index', isTraded: true }],
      'instruments[0].isTraded: expected false, or none, of an index, found true',
    ],
    [
      'what is traded without its book',
      [{ ...solana, hasBook: false }],
      'instruments[0].hasBook: expected true, or none, of what is traded, found false',
    ],
    [
      'a venue with an @',
      [{ ...solana, venue: 'binance@spot' }],
      'instruments[0].venue: expected a venue without an @',
    ],
  ])('refuses %s', (_, instruments, message) => {
    expect(() => loadInstruments([file('bad.json', ...instruments)])).toThrow(message)
  })

  it.each([
    {
      name: 'an inverse perpetual',
      symbol: 'BTC/USD:BTC',
      base: 'BTC',
      venueSymbol: 'BTCUSD_PERP',
      found: 'an inverse (COIN-M) contract',
    },
    {
      name: 'an inverse dated future',
      symbol: 'ETH/USD',
      base: 'ETH',
      venueSymbol: 'ETHUSD_241227',
      found: 'an inverse (COIN-M) contract',
    },
    {
      name: 'a dated future',
      symbol: 'ETH/USDT:USDT-241227',
      base: 'ETH',
      venueSymbol: 'ETHUSDT_241227',
      found: 'a dated future',
    },
  ])('names $name as not supported yet', ({ found, name: _, ...fields }) => {
    const contract = { ...solana, venue: 'binance_usdm', kind: 'linear_perpetual', ...fields }
    const message = `found ${found}, "${fields.symbol}": not supported yet`
    expect(() => loadInstruments([file('contract.json', contract)])).toThrow(message)
  })

  it('takes what is only quoted', () => {
    const option = { ...solana, isTraded: false }
    const index = { ...solana, symbol: 'SOLIX', venueSymbol: 'SOLIX', kind: 'index' }
    expect(loadInstruments([file('quoted.json', option, index)]).slice(-2)).toEqual([option, index])
  })

  it('loses nothing to a byte order mark', () => {
    const path = join(folder, 'bom.json')
    writeFileSync(path, `\uFEFF${JSON.stringify({ version: 1, instruments: [solana] })}`)
    expect(loadInstruments([path]).at(-1)).toEqual(solana)
  })

  it('refuses another version', () => {
    const path = join(folder, 'v2.json')
    writeFileSync(path, JSON.stringify({ version: 2, instruments: [] }))
    expect(() => loadInstruments([path])).toThrow('version: expected 1, found 2')
  })
})
