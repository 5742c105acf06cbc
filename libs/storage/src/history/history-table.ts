import { definitionOf, type Event, type EventByTag, type EventType } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import { partitionColumns } from '../grades/partitioned-tables.ts'
import type { ColumnKind, CopyRows } from './copy-rows.ts'

/** A column of a history table besides run, producer and sequence: its name, its kind and the source of its value. */
export type Column<E extends Event> = readonly [name: string, kind: ColumnKind, valueOf: (event: E) => unknown]

/** How the events of one type become rows of one table. */
export interface HistoryTable {
  readonly name: string
  readonly eventType: EventType
  /** False for events that are not history: a bar that is still forming. */
  readonly keeps: (event: Event) => boolean
  /** Microseconds; determines the day's partition of the row. Undefined for unpartitioned tables. */
  readonly partitionUs: ((event: Event) => number) | undefined
  /** Adds the event's row to those of a COPY. */
  readonly addRow: (rows: Pick<CopyRows, 'row' | 'add'>, producer: string, event: Event) => void
  /** Creates the staging table, which is empty at the start of every transaction. */
  readonly createStage: string
  readonly copy: string
  /** Inserts the new rows; $1 is the run. */
  readonly insert: string
  /** Inserts all rows, a third faster; fails when one is not new. $1 is the run. */
  readonly insertAll: string
  /** Updates a second table from the stage; $1 is the run. */
  readonly alsoInsert: string | undefined
}

const STAGE_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  integer: 'bigint',
  double: 'double precision',
  numeric: 'numeric',
  boolean: 'boolean',
  time: 'timestamptz',
  json: 'jsonb',
  latin1: 'bytea',
}

/** Describes the table of an event type. `alsoInsert` is called with the name of the stage, from which it reads. */
export function historyTable<Type extends EventType>(
  eventType: Type,
  columns: readonly Column<EventByTag<Type>>[],
  more: {
    readonly keeps?: (event: EventByTag<Type>) => boolean
    readonly alsoInsert?: (stage: string) => string
  } = {},
): HistoryTable {
  const { store } = definitionOf[eventType]
  invariant(store !== undefined, 'the definition of what is kept names its table', eventType)
  const name = store.table
  const stage = `stage_${name}`
  const names = columns.map(([column]) => column)
  const stageColumns = columns.map(([column, kind]) => `${column} ${STAGE_TYPES[kind]}`)
  const insertAll = `insert into ${name} (run_id, producer, seq, ${names.join(', ')})
    select $1, producer, seq, ${names.join(', ')} from ${stage} order by producer, seq`
  const [, , partitionUs] = columns.find(([column]) => column === partitionColumnOf(name)) ?? []
  return {
    name,
    eventType,
    keeps: more.keeps ? (more.keeps as (event: Event) => boolean) : () => true,
    partitionUs: partitionUs as ((event: Event) => number) | undefined,
    addRow(rows, producer, event) {
      rows.row(columns.length + 2)
      rows.add('text', producer)
      rows.add('integer', event.seq)
      for (const [, kind, valueOf] of columns) rows.add(kind, valueOf(event as EventByTag<Type>))
    },
    createStage: `create temporary table if not exists ${stage}
      (producer text, seq bigint, ${stageColumns.join(', ')}) on commit delete rows`,
    copy: `copy ${stage} from stdin (format binary)`,
    insert: `${insertAll} on conflict do nothing`,
    insertAll,
    alsoInsert: more.alsoInsert?.(stage),
  }
}

function partitionColumnOf(table: string): string | undefined {
  return Object.hasOwn(partitionColumns, table) ? partitionColumns[table as keyof typeof partitionColumns] : undefined
}
