import { onlyTightens, type Event } from '@triplane/contracts'
import type { BusRecord, RefusedRecord } from '@triplane/messaging'
import type { LoggedTurn, RefusedRecordPlace } from '../log/turn.ts'
import type { Judge, JudgeContext, Verdict } from './judge.ts'

type Place = Pick<BusRecord<unknown>, 'topic' | 'partition' | 'offset'>

/** Asks the judges about the records of a turn and remembers what was refused in it, or has that from a turn that is repeated. */
export class Judgement<Payload> {
  readonly #judges: readonly Judge[]
  readonly #context: JudgeContext
  #refused: RefusedRecord<Payload>[] = []
  #repeated: ReadonlySet<string> | undefined

  constructor(judges: readonly Judge[], context: JudgeContext) {
    this.#judges = judges
    this.#context = context
  }

  /** The first verdict of the judges on a record; undefined when all pass it. Halts and reduces are never refused. */
  of(record: BusRecord<unknown>, events: readonly Event[]): Verdict | undefined {
    const judges = this.#judges
    if (events.length > 0 && events.every(onlyTightens)) return undefined
    for (let i = 0; i < judges.length; i++) {
      const verdict = (judges[i] as Judge)(record, events, this.#context)
      if (verdict !== undefined) return verdict
    }
    return undefined
  }

  /** Begins a turn: `refused` is what it refused, where it is repeated. */
  begin(refused: LoggedTurn['refused']): void {
    this.#repeated = refused && new Set(refused.map(nameOf))
  }

  /** Whether the turn that is repeated refused a record. */
  hasRefused({ topic, partition, offset }: Place): boolean {
    return this.#repeated?.has(nameOf({ topic: topic.name, partition, offset })) ?? false
  }

  /** Remembers what is refused in this turn. */
  note(refused: RefusedRecord<Payload>): void {
    this.#refused.push(refused)
  }

  /** Ends a turn: what was refused in it. */
  end(): readonly RefusedRecord<Payload>[] {
    if (this.#refused.length === 0) return none
    const refused = this.#refused
    this.#refused = []
    return refused
  }
}

const none: readonly never[] = []

/** Refused records as a turn has them: absent when there is none. */
export function refusedIn(refused: readonly RefusedRecord<unknown>[]): Pick<LoggedTurn, 'refused'> {
  if (refused.length === 0) return {}
  return {
    refused: refused.map(({ record: { topic, partition, offset }, refusal: { code } }) => ({
      ...{ topic: topic.name, partition, offset, code },
    })),
  }
}

const nameOf = ({ topic, partition, offset }: Omit<RefusedRecordPlace, 'code'>) => `${topic}/${partition}/${offset}`
