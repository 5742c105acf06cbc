import { stateGuard, type SchemaOf, type StateSchema } from '@triplane/contracts'
import type { Broker } from './broker.ts'

/** What a broker is opened with. */
export interface BrokerOptions<Settings> {
  /** The settings of every broker, each under its name. */
  readonly settings: Settings
  /** How much later than we handle a report its consequences take effect, microseconds: a report is due that much earlier. */
  readonly leadUs: number
  /** How long the id of an order is remembered, microseconds, to do it once. */
  readonly retentionUs: number
}

/** A broker that can be chosen by its name. */
export interface BrokerDefinition<Settings> {
  readonly name: string
  readonly doc: string
  /** The schema of what it saves. */
  readonly state: StateSchema
  /** Opens it, from what it saved before if there is that. Throws StateMisfitError where that does not fit. */
  open(options: BrokerOptions<Settings>, saved?: unknown): Broker
}

/** Defines a broker. */
export function defineBroker<Settings, State>({
  create,
  ...definition
}: {
  readonly name: string
  readonly doc: string
  readonly state: SchemaOf<State>
  readonly create: (options: BrokerOptions<Settings>, saved?: State) => Broker
}): BrokerDefinition<Settings> {
  const { name, state } = definition
  const fits = stateGuard<State>(state, name)

  return {
    ...definition,
    open: (options, saved) => (saved !== undefined && fits(saved) ? create(options, saved) : create(options)),
  }
}
