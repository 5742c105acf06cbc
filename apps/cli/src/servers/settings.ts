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

/** Who this command is at Kafka, unless a name is set beside the password. */
const USER = 'cli'

/**
 * The connection settings of the services' Kafka, from the services' variables; without brokers, one on this machine. Rejects
 * with ConfigError, and with CliError when there is none, or no password for the compose stack's.
 */
export async function kafkaOptions(environment: Environment): Promise<Omit<KafkaBusOptions, 'nowUs'>> {
  const { kafka } = settingsOf(environment)
  const { username = kafka.password === undefined ? undefined : USER } = kafka
  const options = kafkaOptionsOf({ ...kafka, username }, 'triplane-cli')
  if (environment['KAFKA_BROKERS']) return options
  const { address, isOfStack } = await findBroker(environment)
  if (isOfStack && username === undefined)
    throw new CliError(
      `Expected the password of Kafka's user ${USER} in KAFKA_PASSWORD or KAFKA_PASSWORD_FILE, found none. ` +
        'The compose stack prints its own: docker compose run --rm --no-TTY secrets print kafka-password',
      2,
    )
  return { ...options, brokers: [address] }
}

/** Connection string of the services' database, with its password. Throws ConfigError, and CliError when there is none. */
export function databaseUrl(environment: Environment): string {
  const url = databaseUrlOf(settingsOf(environment).storage)
  if (url === undefined)
    throw new CliError(`Expected DATABASE_URL to name the database, found nothing. ${besideStack('COMMAND')}`, 2)
  return url
}
