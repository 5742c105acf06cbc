import { compareCash, compareLedger } from './compare-ledgers.ts'
import { compareFilled, compareIntents, lastStates } from './compare-orders.ts'
import { compareFills, compareOrders } from './compare-rows.ts'
import type { DatabaseSide, Difference, FoundFill, Kept, Sources, TopicsSide } from './sources.ts'

const ON_TOPICS = 'on the topic'
const IN_DATABASE = 'in the database'

/**
 * Every difference between what the sources tell of the orders, quantities, fills, positions and cash of a run. Each ledger is
 * compared as of the fill that it booked last; the newest rows of a topic may not have reached the database yet: who compares
 * while trading goes on looks twice, and believes what stands.
 */
export function compareSources({ topics, database, ledgers }: Sources): Difference[] {
  const found = compareCash(ledgers)
  if (topics) found.push(...withinTopics(topics, ledgers.find(({ plane }) => plane === 'order')?.marketUs ?? 0))
  if (database) found.push(...withinDatabase(database))
  if (topics && database) found.push(...between(topics, database))
  for (const ledger of ledgers) {
    if (topics) {
      const fills = wholeFills(topics, database)
      const opening = topics.opening ?? database?.opening
      if (fills) found.push(...compareLedger(ledger, { name: ON_TOPICS, fills, opening }))
    }
    // Behind a topic the database may lag, and its rows are compared with the topic's one by one.
    else if (database) found.push(...compareLedger(ledger, { name: IN_DATABASE, ...database }))
  }
  return found
}

function withinTopics(topics: TopicsSide, marketUs: number): Difference[] {
  const { orders, fills } = topics
  const found = compareIntents(topics, marketUs)
  const seqOf = new Map<string, number>()
  for (const { fillId, seq } of fills.rows) {
    const first = seqOf.get(fillId)
    const detail = `told twice on the topic, by sequence ${first} and ${seq}`
    if (first !== undefined) found.push({ kind: 'fill', id: fillId, what: 'doubled', detail })
    else seqOf.set(fillId, seq)
  }
  if (orders.isWhole && fills.isWhole) found.push(...compareFilled(ON_TOPICS, orders.rows, fills.rows))
  return found
}

function withinDatabase({ journal, orders, fills }: DatabaseSide): Difference[] {
  return [
    ...compareOrders(
      { name: 'in the table of orders', rows: orders },
      { name: 'in the journal of orders', rows: lastStates(journal).values() },
    ),
    ...compareFilled(IN_DATABASE, journal, fills),
  ]
}

function between(topics: TopicsSide, database: DatabaseSide): Difference[] {
  const since = <Row extends { readonly seq: number }>(rows: readonly Row[], kept: Kept<{ readonly seq: number }>) =>
    rows.filter(({ seq }) => kept.isWhole || seq >= oldestSeq(kept))
  return [
    ...compareOrders(
      { name: ON_TOPICS, rows: topics.orders.rows },
      { name: IN_DATABASE, rows: since(database.journal, topics.orders) },
    ),
    ...compareFills(
      { name: ON_TOPICS, rows: firstOfEach(topics.fills.rows) },
      { name: IN_DATABASE, rows: since(database.fills, topics.fills) },
    ),
  ]
}

/** All fills of the run: those that fell out of the topic from the database. Undefined where neither has them. */
function wholeFills({ fills }: TopicsSide, database: DatabaseSide | undefined): readonly FoundFill[] | undefined {
  const told = firstOfEach(fills.rows)
  if (fills.isWhole) return told
  return database && [...database.fills.filter(({ seq }) => seq < oldestSeq(fills)), ...told]
}

/** Ledgers book a fill once, whatever the sequence that repeats it. */
function firstOfEach(fills: readonly FoundFill[]): readonly FoundFill[] {
  const seen = new Set<string>()
  return fills.filter(({ fillId }) => seen.size < seen.add(fillId).size)
}

const oldestSeq = ({ rows }: Kept<{ readonly seq: number }>) => rows[0]?.seq ?? Infinity
