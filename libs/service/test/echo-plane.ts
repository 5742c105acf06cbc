import {
  field,
  Outbox,
  stateSchema,
  topics,
  type Event,
  type OperatorCommand,
  type PlaneCore,
  type Quote,
  type StateOf,
  type Trade,
} from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import type { Plane } from '@triplane/messaging'
import { aQuote } from '@triplane/testing'

export type EchoInput = Trade | OperatorCommand
export const echoInputSchema = field.event('trade', 'operatorCommand')

export const echoSchema = stateSchema({
  seq: field.count,
  heard: field.list(field.integer),
  timers: field.count,
  dueUs: field.timeUs,
})
export type EchoState = StateOf<typeof echoSchema>

/** Answers each trade with a quote of the same id, and a command with one of id 0. After the first trade a timer is due every second. */
export function echoPlane(snapshot?: EchoState) {
  const heard: number[] = [...(snapshot?.heard ?? [])]
  const agenda = { timers: snapshot?.timers ?? 0, dueUs: snapshot?.dueUs ?? 0 }
  const outbox = new Outbox<Quote>(snapshot?.seq)
  const core: PlaneCore<EchoInput, Quote> = {
    outbox,
    process(event) {
      const tradeId = event.type === 'trade' ? Number(event.tradeId) : 0
      if (event.type === 'trade') {
        core.advance(event.tsRecvUs - 1)
        agenda.dueUs ||= event.tsRecvUs + US_PER_SECOND
      }
      heard.push(tradeId)
      outbox.add(aQuote({ updateId: tradeId }))
    },
    advance(throughUs) {
      for (; agenda.dueUs > 0 && agenda.dueUs <= throughUs; agenda.dueUs += US_PER_SECOND) agenda.timers++
    },
    nextDueUs: () => agenda.dueUs || Infinity,
    snapshot: () => ({ seq: outbox.lastSeq, heard, ...agenda }),
  }
  const plane: Plane<EchoInput, Quote> = {
    name: 'echo',
    core,
    topics: [topics.trades, topics.status, topics.commands, topics.heartbeats],
    inputTypes: new Set<Event['type']>(['trade', 'marketStatus', 'operatorCommand']),
    observe: () => undefined,
    heartbeat: { from: 'none', as: 'echo', seen: () => undefined },
  }
  return { plane, heard, agenda }
}
