import { stateGuard, type SchemaOf, type StateSchema } from '@triplane/contracts'
import type { Broker } from './broker.ts'

/** Options for opening a broker. */
export interface BrokerOptions<Settings> {
  /** The settings of all brokers, by name. */
  readonly settings: Settings
  /** Delay from handling a report to its effect, microseconds: reports are due that much earlier. */
  readonly leadUs: number
  /** How long order ids are remembered to deduplicate orders, microseconds. */
  readonly retentionUs: number
}

/** A broker, selectable by its name. */
export interface BrokerDefinition<Settings> {
  readonly name: string
  readonly doc: string
  /** The schema of its saved state. */
  readonly state: StateSchema
  /** Opens it, from its saved state if there is one. Throws StateMisfitError if that does not fit. */
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
