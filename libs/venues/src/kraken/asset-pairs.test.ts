import { aFrame, aKrakenInstrument } from '../../test/kraken-frames.ts'
import { readInstrumentList } from '../instrument-list.ts'

const instruments = ['XBT/USD', 'DOGE/USD', 'ETH/USD'].map(aKrakenInstrument)
const pair = (wsname: string, fields: object = {}) => ({
  ...{ altname: wsname.replace('/', ''), wsname, pair_decimals: 1, lot_decimals: 8 },
  ...{ ordermin: '0.00005', costmin: '0.5', tick_size: '0.1', status: 'online', ...fields },
})
const read = (list: unknown) => readInstrumentList(aFrame(JSON.stringify(list)), instruments)

it('reads the steps of our pairs, by their names in v1', () => {
  const result = {
    XXBTZUSD: pair('XBT/USD'),
    XDGUSD: pair('XDG/USD', { tick_size: '0.0000001', lot_decimals: 0, costmin: undefined }),
    ADAUSD: pair('ADA/USD'),
    odd: 7,
  }
  expect(read({ error: [], result }).map((one) => one.ok && one.value)).toEqual([
    { instrument: 'BTC/USD@kraken', steps: { tickSize: '0.1', lotSize: '0.00000001', minNotional: '0.5' } },
    { instrument: 'DOGE/USD@kraken', steps: { tickSize: '0.0000001', lotSize: '1', minNotional: '0' } },
  ])
})

it.each([
  ['a tick of 0', { tick_size: '0' }],
  ['a tick that is a number', { tick_size: 0.1 }],
  ['no decimals', { lot_decimals: undefined }],
  ['decimals below 0', { lot_decimals: -1 }],
  ['decimals beyond all bounds', { lot_decimals: 1e9 }],
  ['a smallest value that is a number', { costmin: 0.5 }],
])('refuses %s', (_, fields) => {
  expect(read({ error: [], result: { XXBTZUSD: pair('XBT/USD', fields) } })).toMatchObject([
    { ok: false, error: { code: 'bad_field', instrument: 'BTC/USD@kraken' } },
  ])
})

it.each([
  ['an answer that says no', '{"error":["EQuery:Unknown asset pair"]}', '"EQuery:Unknown asset pair"'],
  ['an array', '[]', 'was absent'],
])('refuses %s as a whole', (_, text, told) => {
  const [refused, ...others] = readInstrumentList(aFrame(text), instruments)
  expect([refused?.ok === false && refused.error.code, others]).toEqual(['unknown_message', []])
  expect(refused?.ok === false && refused.error.detail).toContain(told)
})

it('refuses text that is not JSON', () => {
  expect(readInstrumentList(aFrame('{'), instruments)).toMatchObject([{ ok: false, error: { code: 'not_json' } }])
})
