import { field, StateMisfitError, stateSchema, type SchemaOf } from '@triplane/contracts'
import type { Broker } from './broker.ts'
import type { BrokerDefinition, BrokerOptions } from './define-broker.ts'
import { paper, type PaperSettings } from './paper/paper-venue.ts'

/** The settings of all brokers, by name. */
export interface BrokerSettings {
  readonly paper: PaperSettings
}

/** All brokers. */
export const brokers: readonly BrokerDefinition<BrokerSettings>[] = [paper]

/** A saved broker. */
export interface SavedBroker {
  readonly name: string
  /** In the schema of its definition. */
  readonly state: unknown
}

/** The schema of a saved broker. */
export const savedBrokerSchema: SchemaOf<SavedBroker> = field.as(
  field.either(brokers.map(({ name, state }) => stateSchema({ name: field.literal(name), state }))),
)

/** Opens a broker by name. Throws a RangeError for an unknown name, StateMisfitError if `saved` is another broker's. */
export function openBroker(
  name: string,
  options: BrokerOptions<BrokerSettings>,
  saved?: SavedBroker,
  definitions = brokers,
): Broker {
  const definition = definitions.find((one) => one.name === name)
  if (!definition)
    throw new RangeError(`Expected a broker of ${definitions.map((one) => one.name).join(', ')}, was ${name}`)
  if (saved && saved.name !== name)
    throw new StateMisfitError(`Expected the state of the broker ${name}, was that of ${saved.name}`)
  return definition.open(options, saved?.state)
}
