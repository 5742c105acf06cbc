import { openSimulation } from '@triplane/feeds'
import { systemClock } from '@triplane/kernel'
import { testStartUs } from '@triplane/testing'

export const SPOT = 'BTC/USDT@binance_spot'
export const USDM = 'BTC/USDT@binance_usdm'
/** A second market of the same symbol: our list has the perpetual's own name there. */
export const elsewhere = {
  ...{ symbol: 'BTC/USDT', venue: 'binance_usdm', exchange: 'elsewhere', venueSymbol: 'BTCUSDTX' },
  ...{ kind: 'linear_perpetual', base: 'BTC', quote: 'USDT', tickSize: '0.01', lotSize: '0.00001', minNotional: '100' },
  session: '24x7',
}

type Payload = Record<string, unknown>

/** In the format of the USD-M market, under another venue symbol. */
export const asUsdm = ({ s: _, ...payload }: Payload): Payload => ({
  ...payload,
  ...(_ !== undefined && { s: 'BTCUSDTX' }),
})

/** In the format of the spot market: no match engine times, consecutive update ids, and whether the best price was matched. */
export function asSpot({ T, E, X: _, pu: __, ...payload }: Payload): Payload {
  if (payload['lastUpdateId'] !== undefined) return payload
  if (payload['e'] === 'bookTicker')
    return { u: payload['u'], s: payload['s'], b: payload['b'], B: payload['B'], a: payload['a'], A: payload['A'] }
  return { ...payload, E, ...(payload['e'] === 'trade' && { T, M: true }) }
}

/** The simulated market's BTC/USDT for this duration, as the lines of a capture. */
export async function recorded(
  seed: number,
  stream: string,
  write: (payload: Payload) => Payload,
  seconds: number,
): Promise<string> {
  const plan = { seed, startUs: testStartUs, scenario: 'calm', sessions: 'always' } as const
  const { feed } = openSimulation(plan, { speed: 'max', durationUs: seconds * 1_000_000 }, systemClock)
  const lines: string[] = []
  for await (const batch of feed.batches()) {
    for (const item of batch) {
      if (item.type !== 'frame') continue
      const json = JSON.parse(Buffer.from(item.bytes.subarray(item.start, item.end)).toString()) as Payload
      const [name, kind] = String(json['stream'] ?? '').split('@')
      const isBtc = name === 'btcusdt' || item.origin.snapshotSymbol === 'BTCUSDT'
      if (!isBtc) continue
      const said =
        kind === undefined ? write(json) : { stream: `${stream}@${kind}`, data: write(json['data'] as Payload) }
      lines.push(`${item.tsRecvUs}000 ${JSON.stringify(said)}`)
    }
  }
  return `${lines.join('\n')}\n`
}
