import { createStateCheck } from '@triplane/contracts'
import type { SavedBroker } from '../src/brokers/registry.ts'
import { paperVenueSchema, type PaperVenueSnapshot } from '../src/brokers/paper/paper-venue.ts'

const check = createStateCheck(paperVenueSchema)
const isPaper = (state: unknown): state is PaperVenueSnapshot => check(state) === undefined

/** The paper broker with every fill under way reported twice, the second time `laterUs` later; and the number of fills. */
export function tellFillsTwice({ name, state }: SavedBroker, laterUs: number): { broker: SavedBroker; told: number } {
  if (!isPaper(state)) throw new Error(`Expected the state of the paper broker, was that of ${name}`)
  const { messages, lastSeq } = state
  const again = messages
    .filter((message) => message.kind === 'reply' && message.reply.type === 'filled')
    .map((message, i) => ({ ...message, dueUs: message.dueUs + laterUs, seq: lastSeq + 1 + i }))
  const told = { ...state, messages: [...messages, ...again], lastSeq: lastSeq + again.length }
  return { broker: { name, state: told }, told: again.length }
}
