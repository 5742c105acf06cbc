import { askPlane, type PlaneAnswer } from '../planes/ask-plane.ts'
import { planeUrls, whereToLook, type PlaneName } from '../planes/plane-urls.ts'
import { asCell, cellText, formatTable } from '../table.ts'
import { jsonOption, show, type CommandLine } from './command-line.ts'

type Fields = Readonly<Record<string, unknown>>
interface Flags {
  readonly json?: boolean
}

/** `orders`, `positions`, `kill-switches`: what the planes report about themselves. Fails when a plane does not answer. */
export function addStatusCommands(line: CommandLine): void {
  const add = (name: string, description: string, act: (flags: Flags) => Promise<void>) =>
    line.program.command(name).description(description).addOption(jsonOption()).action(act)

  add('orders', 'orders that are open, and how many there were', async ({ json }) => {
    const planes = await viewsOf(line, 'order', 'orders')
    show(line, json, { planes }, () => textOf(planes, ordersText))
  })
  add('positions', 'positions and PnL', async ({ json }) => {
    const planes = await viewsOf(line, 'order', 'positions')
    show(line, json, { planes }, () => textOf(planes, positionsText))
  })
  add('kill-switches', 'kill switches: active or not, and how far from it', async ({ json }) => {
    const [orderPlanes, strategyPlanes] = await Promise.all([
      viewsOf(line, 'order', 'kill-switches'),
      viewsOf(line, 'strategy', 'kill-switches'),
    ])
    show(line, json, { orderPlanes, strategyPlanes }, () => {
      return `${textOf(orderPlanes, enforcedText)}\n${textOf(strategyPlanes, distancesText)}`
    })
  })
}

/** A plane's answer: its view, or the problem. */
interface PlaneView {
  readonly url: string
  readonly view?: Fields
  readonly error?: string
}

async function viewsOf(line: CommandLine, plane: PlaneName, view: string): Promise<readonly PlaneView[]> {
  const urls = planeUrls(line.edges.environment, plane)
  const answers = await Promise.all(urls.map((url) => askPlane(url, `/status/${view}`)))
  return answers.map((answer) => {
    const seen = viewOf(answer)
    const hint = answer.answered ? '' : `. ${whereToLook(plane)}`
    if (seen.error !== undefined)
      line.fail(`Expected ${view} of the ${plane} plane at ${seen.url}, was: ${seen.error}${hint}`)
    return seen
  })
}

function viewOf(answer: PlaneAnswer): PlaneView {
  const { url } = answer
  if (!answer.answered) return { url, error: answer.error }
  const { status, body } = answer
  if (status === 200 && body) return { url, view: body }
  return { url, error: typeof body?.['error'] === 'string' ? body['error'] : `HTTP ${status}` }
}

function textOf(planes: readonly PlaneView[], text: (view: Fields) => string): string {
  const parts = planes.flatMap(({ url, view }) => {
    if (view === undefined) return []
    return [planes.length > 1 ? `${url}\n${text(view)}` : text(view)]
  })
  return parts.join('\n')
}

function ordersText(view: Fields): string {
  const counts = listed(view['counts'])
  const denied = listed(view['denied'])
  const heads = ['order', 'strategy', 'instrument', 'side', 'type', 'state', 'quantity', 'filled', 'limit']
  const fields = [
    'intentId',
    'strategy',
    'instrument',
    'side',
    'orderType',
    'state',
    'quantity',
    'filled',
    'limitPrice',
  ]
  return [
    `trading state  ${cellText(asCell(view['tradingState']))}\n`,
    `orders         ${counts}\n`,
    `denied         ${denied}\n\n`,
    formatTable(heads, rowsOf(view['open'], fields), 'No order is open.'),
  ].join('')
}

function positionsText(view: Fields): string {
  const heads = ['instrument', 'quantity', 'cost basis', 'mark', 'realised USD', 'unrealised USD']
  const fields = ['instrument', 'quantity', 'costBasis', 'mark', 'realizedUsd', 'unrealizedUsd']
  const money = (name: string) => cellText(asCell(view[name]))
  return [
    `equity ${money('equityUsd')} USD: realised ${money('realizedUsd')} net of fees of ${money('feesUsd')}, `,
    `unrealised ${money('unrealizedUsd')}; gross ${money('grossUsd')}, net ${money('netUsd')}\n\n`,
    formatTable(heads, rowsOf(view['positions'], fields), 'No position.'),
  ].join('')
}

function enforcedText(view: Fields): string {
  const active = Array.isArray(view['active']) ? view['active'].map((one) => cellText(asCell(one))) : []
  return `trading state  ${cellText(asCell(view['tradingState']))}\nactive         ${active.join(', ') || 'none'}\n`
}

function distancesText(view: Fields): string {
  const rows = Object.entries(view).map(([name, fields]) => {
    const { active, distanceRatio } = asFields(fields)
    return [name, asCell(active), typeof distanceRatio === 'number' ? distanceRatio.toFixed(3) : undefined]
  })
  return formatTable(['switch', 'active', 'distance (1 trips)'], rows, 'No kill switch.')
}

/** Names with a number above 0: "filled 12, denied 3", or "none". */
function listed(value: unknown): string {
  const named = Object.entries(asFields(value)).filter(([, count]) => typeof count === 'number' && count > 0)
  return named.map(([name, count]) => `${cellText(name)} ${String(count)}`).join(', ') || 'none'
}

function rowsOf(value: unknown, fields: readonly string[]) {
  const rows = Array.isArray(value) ? value.map(asFields) : []
  return rows.map((row) => fields.map((field) => asCell(row[field])))
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}
