import type { StoredOrder } from '@triplane/storage'
import { isSameAmount } from './amounts.ts'
import type { Difference, FoundFill } from './sources.ts'

/** The rows of one source, and its name in a sentence. */
export interface Side<Row> {
  readonly name: string
  readonly rows: Iterable<Row>
}

interface Comparison<Row> {
  readonly kind: Difference['kind']
  readonly idOf: (row: Row) => string
  /** Tells the rows of one id apart; empty where there is one. */
  readonly placeOf: (row: Row) => string
  /** Fields, each with the kind of a difference in it. */
  readonly fields: Readonly<Record<string, Difference['kind']>>
}

const orderFields = {
  instrument: 'order',
  side: 'order',
  state: 'order',
  quantity: 'quantity',
  requestedQuantity: 'quantity',
  filledQuantity: 'quantity',
} as const satisfies Partial<Record<keyof StoredOrder, Difference['kind']>>

const ofOrders: Comparison<StoredOrder> = {
  kind: 'order',
  idOf: ({ intentId }) => intentId,
  placeOf: ({ seq }) => ` of sequence ${seq}`,
  fields: orderFields,
}

const ofFills: Comparison<FoundFill> = {
  kind: 'fill',
  idOf: ({ fillId }) => fillId,
  placeOf: () => '',
  fields: {
    intentId: 'fill',
    strategy: 'fill',
    instrument: 'fill',
    side: 'fill',
    quantity: 'fill',
    price: 'fill',
    fee: 'fill',
    seq: 'fill',
  },
}

/** The differences between the states of orders in two sources. */
export const compareOrders = (one: Side<StoredOrder>, other: Side<StoredOrder>) => compareRows(ofOrders, one, other)

/** The differences between the fills in two sources. */
export const compareFills = (one: Side<FoundFill>, other: Side<FoundFill>) => compareRows(ofFills, one, other)

/** Rows that one source lacks, and fields that differ. */
function compareRows<Row extends object>(
  { kind, idOf, placeOf, fields }: Comparison<Row>,
  one: Side<Row>,
  other: Side<Row>,
): Difference[] {
  const keyed = (rows: Iterable<Row>) => new Map(Array.from(rows, (row) => [`${idOf(row)}${placeOf(row)}`, row]))
  const [ours, theirs] = [keyed(one.rows), keyed(other.rows)]
  const found: Difference[] = []
  const missing = (row: Row, there: string, absent: string) =>
    found.push({
      kind,
      id: idOf(row),
      what: `missing${placeOf(row)} ${absent}`,
      detail: `${there}${placeOf(row)}, not ${absent}`,
    })
  for (const [key, row] of ours) {
    const twin = theirs.get(key)
    if (twin === undefined) {
      missing(row, one.name, other.name)
      continue
    }
    for (const [field, kindOfField] of Object.entries(fields)) {
      const [value, twinValue] = [row, twin].map((of) => String((of as Readonly<Record<string, unknown>>)[field]))
      if (isSameAmount(value ?? '', twinValue ?? '')) continue
      const detail = `${field}${placeOf(row)} ${value} ${one.name}, ${twinValue} ${other.name}`
      found.push({ kind: kindOfField, id: idOf(row), what: `${field}${placeOf(row)} ${one.name}`, detail })
    }
  }
  for (const [key, row] of theirs) if (!ours.has(key)) missing(row, other.name, one.name)
  return found
}
