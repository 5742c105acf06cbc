import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isCashTraded, isTraded } from '@triplane/contracts'
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
  it('includes those of the recorded data and of the simulated market', () => {
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
      'instruments[0].contractSize: expected none, of kind spot, found "0.01"',
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
      'instruments[0].isTraded: expected false, or none, of kind index: it is a number that nobody sells, found true',
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

  const perpetual = { ...solana, symbol: 'SOL/USDT:USDT', venue: 'binance_usdm', kind: 'linear_perpetual' }
  const dated = { ...perpetual, symbol: 'SOL/USDT:USDT-261225', kind: 'linear_future', expiry: '2026-12-25T08:00Z' }
  const inverse = { ...perpetual, symbol: 'SOL/USD:SOL', kind: 'inverse_perpetual', quote: 'USD', settlement: 'SOL' }
  const call = {
    ...{ ...dated, symbol: 'SOL/USDT:USDT-261225-300-C', kind: 'option' },
    ...{ strike: '300', right: 'call', underlying: 'SOL/USDT@binance_spot' },
  }

  it.each([
    { kind: 'spot', instrument: solana, isTradable: true, isCash: true },
    { kind: 'equity', instrument: { ...solana, kind: 'equity', session: 'us_equity' }, isTradable: true, isCash: true },
    { kind: 'linear_perpetual', instrument: { ...perpetual, settlement: 'USDT' }, isTradable: true, isCash: false },
    { kind: 'linear_future', instrument: dated, isTradable: true, isCash: false },
    { kind: 'inverse_perpetual', instrument: inverse, isTradable: false, isCash: false },
    { kind: 'option', instrument: call, isTradable: false, isCash: false },
    { kind: 'index', instrument: { ...solana, kind: 'index' }, isTradable: false, isCash: true },
  ])('accepts an instrument of kind $kind, and trades it: $isTradable', ({ instrument, isTradable, isCash }) => {
    const loaded = loadInstruments([file('kind.json', instrument)]).find(({ symbol }) => symbol === instrument.symbol)
    expect(loaded).toEqual(instrument)
    expect(loaded && [isTraded(loaded), isCashTraded(loaded, [])]).toEqual([isTradable, isCash])
    if (isTradable) return
    const traded = file('traded.json', { ...instrument, isTraded: true })
    expect(() => loadInstruments([traded])).toThrow(`expected false, or none, of kind ${instrument.kind}: it`)
  })

  it.each([
    {
      name: 'a future without an expiry',
      bad: { ...dated, expiry: undefined },
      why: 'expiry: expected one, of kind linear_future, found nothing',
    },
    {
      name: 'an option without a strike',
      bad: { ...call, strike: undefined },
      why: 'strike: expected one, of kind option, found nothing',
    },
    {
      name: 'a share that expires',
      bad: { ...solana, kind: 'equity', expiry: '2026-12-25T08:00Z' },
      why: 'expiry: expected none, of kind equity, found',
    },
    {
      name: 'a future with a strike',
      bad: { ...dated, strike: '3' },
      why: 'strike: expected none, of kind linear_future, found "3"',
    },
    { name: 'an option at nothing', bad: { ...call, strike: '0' }, why: 'strike: expected more than 0, found "0"' },
    {
      name: 'an expiry that is no time',
      bad: { ...dated, expiry: 'Christmas' },
      why: 'expiry: expected text such as "2026-12-25T08:00Z", found "Christmas"',
    },
    {
      name: 'an expiry in local time',
      bad: { ...dated, expiry: '2026-12-25T08:00+09:00' },
      why: 'expiry: expected text such as',
    },
    {
      name: 'an expiry in no month',
      bad: { ...dated, expiry: '2026-13-25T08:00Z' },
      why: 'expiry: expected a date and time that there is',
    },
    {
      name: 'an underlying that is no id',
      bad: { ...call, underlying: 'SOL' },
      why: 'underlying: expected the id of an instrument, found "SOL"',
    },
    {
      name: 'a linear contract that is paid in its base',
      bad: { ...dated, settlement: 'SOL' },
      why: 'settlement: expected USDT, its quote currency, of kind linear_future, found "SOL"',
    },
    {
      name: 'an inverse contract that is paid in its quote',
      bad: { ...inverse, settlement: 'USD' },
      why: 'settlement: expected SOL, its base currency',
    },
    {
      name: 'a linear perpetual with an inverse name',
      bad: { ...perpetual, symbol: 'SOL/USD:SOL' },
      why: 'kind: expected inverse_perpetual: it is an inverse',
    },
    {
      name: 'a linear perpetual with an inverse name of the venue',
      bad: { ...perpetual, venueSymbol: 'SOLUSD_PERP' },
      why: 'kind: expected inverse_perpetual',
    },
    {
      name: 'a linear perpetual with a date in its name',
      bad: { ...perpetual, symbol: dated.symbol },
      why: 'kind: expected linear_future or option: it is dated',
    },
    {
      name: 'an inverse dated future, of which there is no kind',
      bad: { ...inverse, symbol: 'SOL/USD:SOL-261225' },
      why: 'kind: expected a contract of which there is a kind: none is both inverse and dated',
    },
  ])('refuses $name', ({ bad, why }) => {
    const given = JSON.parse(JSON.stringify(bad)) as object
    expect(() => loadInstruments([file('bad.json', given)])).toThrow(`instruments[0].${why}`)
  })

  it('accepts instruments that are only quoted', () => {
    const option = { ...solana, isTraded: false }
    const index = { ...solana, symbol: 'SOLIX', venueSymbol: 'SOLIX', kind: 'index' }
    expect(loadInstruments([file('quoted.json', option, index)]).slice(-2)).toEqual([option, index])
  })

  it('ignores a byte order mark', () => {
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
