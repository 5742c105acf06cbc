import type { DataFrame } from '@grafana/data'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { createLiveMarketBoard } from './boards/live-market.ts'
import { framesOf, type PrometheusSeries, type SqlRows } from './grafana-frames.ts'
import { grafanaData, transformed } from './grafana-data.ts'
import { createDashboards } from './index.ts'
import { isSql, panelsOf, targetsOf } from './queries.ts'

const market = createLiveMarketBoard()
const nowSeconds = 1_753_000_030

function panel(title: string): Panel {
  const found = panelsOf(market).find((one) => one.title === title)
  if (!found) throw new Error(`Expected a panel ${title}`)
  return found
}

/** A series with one sample, now. */
const sample = (metric: Record<string, string>, value: number): PrometheusSeries => ({
  metric,
  values: [[nowSeconds, String(value)]],
})

/** The single frame that a panel draws from these answers: rows by the display names of its fields. */
async function drawn(title: string, answers: Record<string, readonly PrometheusSeries[] | SqlRows>) {
  const [frame, ...others] = await transformed(panel(title), framesOf(panel(title), answers))
  expect(others).toEqual([])
  const { getFieldDisplayName } = await grafanaData()
  const { fields, length } = frame as DataFrame
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(fields.map((field) => [getFieldDisplayName(field, frame), field.values[i]])),
  )
}

/** Levels in Prometheus' order: that of strings. */
const levels = [0, 1, 10, 2]

const sidedLevels = (side: string, of: readonly number[], valueOf: (level: number) => number) =>
  of.map((level) => sample({ level: `${side} ${level}` }, valueOf(level)))

it('the depth of the book is one table by ascending price, larger the farther from the middle', async () => {
  const answers = {
    A: [...sidedLevels('bid', levels, (level) => 100 - level), ...sidedLevels('ask', levels, (level) => 101 + level)],
    B: sidedLevels('bid', levels, (level) => 5 + level),
    C: sidedLevels('ask', levels, (level) => 7 + level),
  }
  expect(await drawn('Order book depth', answers)).toEqual([
    { price: 90, bids: 15 },
    { price: 98, bids: 7 },
    { price: 99, bids: 6 },
    { price: 100, bids: 5 },
    { price: 101, asks: 7 },
    { price: 102, asks: 8 },
    { price: 103, asks: 9 },
    { price: 111, asks: 17 },
  ])
})

it('the depth is drawn as filled lines of two pixels, and joined by a field', () => {
  const { fieldConfig, transformations = [] } = panel('Order book depth')
  expect(fieldConfig?.defaults.custom).toMatchObject({ fillOpacity: 50, lineWidth: 2 })
  expect(transformations.map(({ id }) => id)).toContain('joinByField')
})

it('the top of the book has a row for each side, bids first', async () => {
  const of = (bid: number, ask: number) => [sample({ side: 'ask' }, ask), sample({ side: 'bid' }, bid)]
  expect(await drawn('Top 20 by side', { A: of(12, 9), B: of(95, 101), C: of(100, 106), D: of(1170, 940) })).toEqual([
    { side: 'bid', quantity: 12, 'lowest price': 95, 'highest price': 100, value: 1170 },
    { side: 'ask', quantity: 9, 'lowest price': 101, 'highest price': 106, value: 940 },
  ])
})

it('the price of the depth begins where the book does', () => {
  // A bound of the panel would bound the price, which is the horizontal axis.
  const { defaults, overrides = [] } = panel('Order book depth').fieldConfig ?? {}
  expect(defaults).not.toHaveProperty('min')
  const bounded = overrides.filter(({ properties }) => properties.some(({ id }) => id === 'min'))
  expect(bounded.map(({ matcher }) => matcher.options as string)).toEqual(['bids', 'asks'])
})

it('the depth of a book with one side shows that side', async () => {
  const answers = {
    A: sidedLevels('bid', [0, 1], (level) => 100 - level),
    B: sidedLevels('bid', [0, 1], (level) => 1 + 2 * level),
  }
  expect(await drawn('Order book depth', answers)).toEqual([
    { price: 99, bids: 3 },
    { price: 100, bids: 1 },
  ])
})

it('the order book has a line for each level, the best first, with gaps for a thin side', async () => {
  const of = (levels: readonly number[], first: number, step: number) =>
    levels.map((level) => sample({ level: String(level) }, first + step * level))
  const answers = { A: of(levels, 1, 1), B: of(levels, 100, -1), C: of([0], 101, 1), D: of([0], 4, 0) }
  expect(await drawn('Order book', answers)).toEqual([
    { level: 0, 'bid quantity': 1, bid: 100, ask: 101, 'ask quantity': 4 },
    { level: 1, 'bid quantity': 2, bid: 99 },
    { level: 2, 'bid quantity': 3, bid: 98 },
    { level: 10, 'bid quantity': 11, bid: 90 },
  ])
})

describe('series of a side', () => {
  const dashboards = createDashboards()
  const namesOf = (target: ReturnType<typeof targetsOf>[number]): string[] => {
    if (isSql(target)) return [...target.rawSql.matchAll(/\bas (buy|sell)\b/g)].map(([, name = '']) => name)
    const { legendFormat = '' } = target
    if (/\{\{\s*side\s*\}\}/.test(legendFormat))
      return ['buy', 'sell'].map((side) => legendFormat.replace(/\{\{.*\}\}/, side))
    return /^(bids?|asks?|bought|sold|buy|sell)$/.test(legendFormat) ? [legendFormat] : []
  }
  const bySide = dashboards.flatMap((dashboard) =>
    panelsOf(dashboard)
      .filter((one) => one.type !== 'table' && targetsOf(one).some((target) => namesOf(target).length > 0))
      .map((one) => [`${dashboard.title}: ${one.title}`, one] as const),
  )
  it('are on these panels', () => {
    expect(bySide.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'Live Market: Trade count',
        'Live Market: Trade volume',
        'Live Market: Total bids and asks',
        'Live Market: Quantity in the book',
        'Live Market: Volume by candle',
      ]),
    )
  })

  it.each(bySide)('are green for buyers and red for sellers: %s', async (_, one) => {
    const { getFieldMatcher, FieldType } = await grafanaData()
    for (const name of targetsOf(one).flatMap(namesOf)) {
      const field = { name, type: FieldType.number, config: {}, values: [] }
      const frame = { fields: [field], length: 0 }
      const colours = (one.fieldConfig?.overrides ?? [])
        .filter(({ matcher }) => getFieldMatcher(matcher)(field, frame, [frame]))
        .flatMap(({ properties }) => properties.filter(({ id }) => id === 'color').map(({ value }) => value))
      expect(colours).toEqual([{ mode: 'fixed', fixedColor: /^(buy|bid|bought)/.test(name) ? 'green' : 'red' }])
    }
  })
})

describe('candles', () => {
  const closed = (minutesAgo: number, open: number) => ({
    time: new Date((nowSeconds - 30 - minutesAgo * 60) * 1000),
    open,
    high: open + 2,
    low: open - 2,
    close: open + 1,
    volume: 10,
  })
  const forming = { open: 8, high: 9, low: 7, close: 8.5, volume: 3, time: (nowSeconds - 30) * 1000 }
  const parts = Object.entries(forming).map(([part, value]) => sample({ part }, value))
  const row = ({ time, ...rest }: ReturnType<typeof closed>) => ({ time: time.getTime(), ...rest })

  it('are the closed ones and then the one in progress, at its opening', async () => {
    const history = [closed(2, 5), closed(1, 6)]
    expect(await drawn('Candles', { A: history, B: parts })).toEqual([...history.map(row), forming])
  })

  it('are the closed ones when none is in progress', async () => {
    const history = [closed(2, 5), closed(1, 6)]
    expect(await drawn('Candles', { A: history, B: [] })).toEqual(history.map(row))
  })

  it('are the one in progress when none is closed yet', async () => {
    expect(await drawn('Candles', { A: [], B: parts })).toEqual([forming])
  })

  it('have a field of type time', async () => {
    const candles = panel('Candles')
    const [frame] = await transformed(candles, framesOf(candles, { A: [closed(1, 6)], B: parts }))
    expect(frame?.fields.find(({ name }) => name === 'time')?.type).toBe('time')
  })
})

it('trades are listed from the newest', async () => {
  const trade = (seconds: number, price: number) => ({
    time: new Date(seconds * 1000),
    side: 'buy',
    price,
    amount: 1,
    cost: price,
  })
  const shown = await drawn('Latest trades', { A: [trade(1, 10), trade(3, 12), trade(2, 11)] })
  expect(shown.map(({ price }) => price)).toEqual([12, 11, 10])
})
