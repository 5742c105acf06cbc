import { isTightening } from './codes.ts'
import type { Event } from './event.ts'
import type { OperatorCommand } from './events/operator-command.ts'
import { planeNames } from './plane-name.ts'
import type { Topic, TopicParty } from './topic.ts'
import { topics } from './topics.ts'

/** What follows the name of a plane in the name of a producer: its instance, and `edge` past its core. */
const SUFFIX = /^(\.[a-z0-9][a-z0-9-]{0,31})?(\.edge)?$/

/** The party that a producer speaks for: `data-plane.edge` for `data-plane.kraken.edge`; undefined for none of ours. */
export function partyOf(producer: string): TopicParty | undefined {
  const plane = planeNames.find((name) => producer.startsWith(name))
  if (plane === undefined) return undefined
  const suffix = producer.slice(plane.length)
  if (!SUFFIX.test(suffix)) return undefined
  return suffix.endsWith('.edge') ? `${plane}.edge` : plane
}

/** True of a halt or a reduce, which nobody is refused. */
export function onlyTightens(event: Event): event is OperatorCommand {
  return event.type === 'operatorCommand' && isTightening(event.command)
}

/** Why a record is not its topic's: of intents, execution or control it could loosen trading or change it. */
type ForeignCode = 'foreign_record' | 'foreign_writer'

/** A record that its topic's owner did not write: a code, and a sentence "Expected X, was Y". */
export interface ForeignRecord {
  readonly code: ForeignCode
  readonly detail: string
}

/**
 * Judges by the name of its producer whether a record's topic is its writer's; undefined when it is, or when all that
 * it holds only tightens trading. What loosens is no record of the topic of halts, whoever wrote it.
 */
export function judgeOwner(
  { topic, producer }: { readonly topic: Topic; readonly producer: string },
  events: readonly Event[],
): ForeignRecord | undefined {
  const party = partyOf(producer)
  const isOwners = party !== undefined && topic.writers.includes(party)
  if (isOwners && topic !== topics.halts) return undefined
  if (events.length > 0 && events.every(onlyTightens)) return undefined
  const code = decidesTrading(topic) ? 'foreign_record' : 'foreign_writer'
  if (isOwners) return { code, detail: `Expected halts and reduces only on ${topic.name}, was ${events[0]?.type}` }
  return { code, detail: `Expected a record of ${topic.writers.join(' or ')} on ${topic.name}, was of ${producer}` }
}

/** True of the topics of intents, execution and control. */
export function decidesTrading({ name }: Topic): boolean {
  return name === topics.intents.name || name.startsWith('execution.') || name.startsWith('control.')
}
