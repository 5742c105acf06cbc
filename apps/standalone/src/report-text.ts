import { instrumentId, type Instrument } from '@triplane/contracts'
import { decimalsOf } from '@triplane/kernel'
import type { Report } from './report.ts'

/** What the text needs to know about an instrument. */
type Priced = Pick<Instrument, 'symbol' | 'venue' | 'tickSize'>

const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const upTo = (digits: number) => new Intl.NumberFormat('en-US', { maximumFractionDigits: digits })

/** Names with a number above 0, in the order of the record: "trade 21,313, quote 66,089", or "none". */
function counts(record: Readonly<Record<string, number>>): string {
  const named = Object.entries(record).filter(([, count]) => count > 0)
  return named.length === 0 ? 'none' : named.map(([name, count]) => `${name} ${integer.format(count)}`).join(', ')
}

function books(report: Report): string[] {
  return Object.entries(report.books).map(([symbol, book]) => {
    const side = (size: number | undefined, price: number | undefined) =>
      price === undefined ? 'empty' : `${size} x ${price}`
    return `  ${symbol}  ${side(book.bidSize, book.bid)} | ${side(book.askSize, book.ask)}${book.valid ? '' : '  not valid'}`
  })
}

/** The result of each strategy, where there are several. */
function strategies(report: Report): string[] {
  const made = Object.entries(report.strategies)
  if (made.length < 2) return []
  const shown = made.map(([name, { realizedUsd, unrealizedUsd, feesUsd }]) => {
    const total = money.format(realizedUsd + unrealizedUsd)
    return `${name} ${total} USD after fees of ${money.format(feesUsd)}`
  })
  return [`  strategies  ${shown.join(', ')}`]
}

function switches(report: Report): string {
  return Object.entries(report.killSwitches)
    .map(([type, { active, distanceRatio }]) => `${type} ${active ? 'TRIPPED' : upTo(3).format(distanceRatio)}`)
    .join(', ')
}

function positions(report: Report, instruments: readonly Priced[]): string {
  const tickSizeOf = new Map(instruments.map((instrument) => [instrumentId(instrument), instrument.tickSize]))
  const held = Object.entries(report.positions).filter(([, { quantity }]) => quantity !== 0)
  const shown = held.map(([symbol, { quantity, mark, markAgeUs, isMarkStale, isDust }]) => {
    const age = isMarkStale ? `, a mark of ${upTo(1).format(markAgeUs / 1e6)} s ago` : ''
    return `${symbol} ${quantity} at ${toStep(mark, tickSizeOf.get(symbol))}${age}${isDust ? ' (dust)' : ''}`
  })
  return shown.join(', ') || 'none'
}

/** A price with as many digits as its step. */
function toStep(price: number, step: string | undefined): string {
  if (step === undefined) return String(price)
  return (Math.round(price / Number(step)) * Number(step)).toFixed(decimalsOf(step))
}

/** The report as text for a terminal; average prices, such as a mid, are rounded to the nearest step of their instrument. */
export function formatReport(report: Report, instruments: readonly Priced[]): string {
  const { run, frames, events, execution, pnl, latencyUs } = report
  const latency = latencyUs.frameToOrder
  const bars = Object.values(report.bars).flatMap((byTimeframe) =>
    Object.entries(byTimeframe).map(
      ([timeframe, list]) => [timeframe, list.filter((bar) => bar.closed).length] as const,
    ),
  )
  const incomplete = Object.values(report.bars)
    .flatMap((byTimeframe) => Object.values(byTimeframe).flat())
    .filter((bar) => bar.closed && bar.incomplete).length
  const barCounts: Record<string, number> = {}
  for (const [timeframe, count] of bars) barCounts[timeframe] = (barCounts[timeframe] ?? 0) + count
  const ofiTotal = Object.entries(report.ofi).map(([symbol, list]) => {
    const sum = list.reduce((total, interval) => total + interval.value, 0)
    return `${symbol} ${upTo(3).format(sum)} in ${list.length} intervals`
  })
  const iso = (us: number) => new Date(us / 1000).toISOString()
  const simulated = run.seed === undefined ? '' : `, seed ${run.seed}, scenario ${run.scenario ?? ''}`
  return [
    `Run ${run.id}: ${run.source}${simulated}`,
    `  ${iso(run.startTimeUs)} to ${iso(run.endTimeUs)}, ${upTo(1).format(run.marketSeconds)} s of market time in ${upTo(2).format(report.wallSeconds)} s, ${integer.format(report.framesPerSecond)} frames/s`,
    '',
    'Data',
    `  frames      ${integer.format(frames.in)} in; refused: ${counts(frames.refused)}${frames.ignored > 0 ? `; ignored ${integer.format(frames.ignored)}, trades that another stream has too` : ''}`,
    `  events      ${counts(events)}`,
    `  gaps        ${report.gaps}; books invalid ${report.invalidBooks} times`,
    `  bars closed ${counts(barCounts)}${incomplete > 0 ? `; ${integer.format(incomplete)} of them incomplete` : ''}`,
    `  OFI         ${ofiTotal.join('; ') || 'none'}`,
    ...books(report),
    '',
    'Orders',
    `  by state    ${counts(report.orders)}`,
    `  denied      ${counts(report.denied)}`,
    `  fills       ${events.fill}, ${execution.partialFills} of them partial; slippage ${upTo(2).format(execution.slippageBps.mean)} bps in the mean, ${upTo(2).format(execution.slippageBps.worst)} at worst`,
    `  commission  ${money.format(execution.commissionUsd)} USD`,
    `  frame to approved order  p50 ${upTo(1).format(latency.p50)} us, p99 ${upTo(1).format(latency.p99)} us, p99.9 ${upTo(1).format(latency.p999)} us`,
    '',
    'Account',
    `  equity      ${money.format(pnl.equityUsd)} USD: realised ${money.format(pnl.realizedUsd)} net of fees of ${money.format(pnl.feesUsd)}, unrealised ${money.format(pnl.unrealizedUsd)}`,
    ...strategies(report),
    `  positions   ${positions(report, instruments)}`,
    `  drawdown    ${upTo(4).format(pnl.maxDrawdownRatio * 100)} % at most`,
    `  switches    ${switches(report)}`,
    ...(report.storage ? ['', `Stored  ${counts(report.storage.rows)}${notStored(report.storage)}`] : []),
    ...(report.hash && report.hashes
      ? [
          '',
          `Hash ${report.hash}`,
          `  data     ${report.hashes.data}`,
          `  strategy ${report.hashes.strategy}`,
          `  order    ${report.hashes.order}`,
        ]
      : []),
    '',
  ].join('\n')
}

/** Rows missing from the database. */
function notStored({ dropped, waiting }: NonNullable<Report['storage']>): string {
  const parts = [dropped > 0 ? `; dropped ${dropped}` : '', waiting ? `; ${waiting} wait on disk for the next run` : '']
  return parts.join('')
}
