import {
  field,
  Outbox,
  stateSchema,
  topics,
  type OperatorCommand,
  type PlaneCore,
  type Signal,
  type StateOf,
  type Trade,
} from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import type { Plane } from '@triplane/messaging'
import { aSignal } from '@triplane/testing'

export type EchoInput = Trade | OperatorCommand
const inputs = ['trade', 'operatorCommand'] as const
export const echoInputSchema = field.event(...inputs)

export const echoSchema = stateSchema({
  seq: field.count,
  heard: field.list(field.integer),
  timers: field.count,
  dueUs: field.timeUs,
})
export type EchoState = StateOf<typeof echoSchema>

/** Answers each trade with a signal of a strategy with the same id as name, and a command with one of 0. After the first trade a timer is due every second. */
export function echoPlane(snapshot?: EchoState) {
  const heard: number[] = [...(snapshot?.heard ?? [])]
  const agenda = { timers: snapshot?.timers ?? 0, dueUs: snapshot?.dueUs ?? 0 }
  const outbox = new Outbox<Signal>(snapshot?.seq)
  const core: PlaneCore<EchoInput, Signal> = {
    outbox,
    process(event) {
      const tradeId = event.type === 'trade' ? Number(event.tradeId) : 0
      if (event.type === 'trade') {
        core.advance(event.tsRecvUs - 1)
        agenda.dueUs ||= event.tsRecvUs + US_PER_SECOND
      }
      heard.push(tradeId)
      outbox.add(aSignal({ strategy: String(tradeId) }))
    },
    advance(throughUs) {
      for (; agenda.dueUs > 0 && agenda.dueUs <= throughUs; agenda.dueUs += US_PER_SECOND) agenda.timers++
    },
    nextDueUs: () => agenda.dueUs || Infinity,
    snapshot: () => ({ seq: outbox.lastSeq, heard, ...agenda }),
  }
  const plane: Plane<EchoInput, Signal> = {
    name: 'echo',
    core,
    topics: [topics.market, topics.halts, topics.commands, topics.heartbeats],
    inputTypes: new Set(inputs),
    knownTypes: new Set(inputs),
    observe: () => undefined,
    heartbeat: { from: 'none', as: 'echo', seen: () => undefined },
  }
  return { plane, heard, agenda }
}
