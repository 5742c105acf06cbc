import { composeConfig } from '@triplane/config'
import type { KafkaBusOptions } from '@triplane/messaging'
import { databaseUrlOf, kafkaOptionsOf, loadServiceConfig, planeSections } from '@triplane/service'
import { besideStack, CliError } from '../cli-error.ts'
import type { Environment } from '../environment.ts'
import { findBroker } from './find-broker.ts'

const { kafka, storage } = planeSections(0)
const schema = composeConfig({ kafka, storage })
/** The shell may hold variables of other programs: unknown ones are no mistake. */
const OURS = /^(KAFKA|DATABASE|TRIPLANE_KAFKA|TRIPLANE_STORAGE)_/

function settingsOf(environment: Environment) {
  return loadServiceConfig(schema, Object.fromEntries(Object.entries(environment).filter(([name]) => OURS.test(name))))
}

/**
 * The connection settings of the services' Kafka, from the services' variables; without brokers, one on this machine. Rejects
 * with ConfigError, and with CliError when there is none.
 */
export async function kafkaOptions(environment: Environment): Promise<Omit<KafkaBusOptions, 'nowUs'>> {
  const options = kafkaOptionsOf(settingsOf(environment).kafka, 'triplane-cli')
  return environment['KAFKA_BROKERS'] ? options : { ...options, brokers: [await findBroker(environment)] }
}

/** Connection string of the services' database, with its password. Throws ConfigError, and CliError when there is none. */
export function databaseUrl(environment: Environment): string {
  const url = databaseUrlOf(settingsOf(environment).storage)
  if (url === undefined)
    throw new CliError(`Expected DATABASE_URL to name the database, found nothing. ${besideStack('COMMAND')}`, 2)
  return url
}
