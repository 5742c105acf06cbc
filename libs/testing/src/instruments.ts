import type { Instrument } from '@triplane/contracts'

/** A spot instrument of the simulated market, BTC/USDT unless the fields override it. */
export function anInstrument({ symbol = 'BTC/USDT', ...fields }: Partial<Instrument> = {}): Instrument {
  const [base = '', quote = ''] = symbol.split('/')
  return {
    symbol,
    venue: 'sim',
    exchange: 'sim',
    venueSymbol: base + quote,
    kind: 'spot',
    base,
    quote,
    tickSize: '0.1',
    lotSize: '0.001',
    minNotional: '10',
    session: '24x7',
    ...fields,
  }
}
