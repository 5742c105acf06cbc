import { composeConfig } from '@triplane/config'
import type { KafkaBusOptions } from '@triplane/messaging'
import { databaseUrlOf, kafkaOptionsOf, loadServiceConfig, serviceParts } from '@triplane/service'
import { CliError } from '../cli-error.ts'
import type { Environment } from '../edges.ts'

const { kafka, storage } = serviceParts(0)
const schema = composeConfig({ kafka, storage })
/** What is in the shell for others is no mistake. */
const OURS = /^(KAFKA|DATABASE|TRIPLANE_KAFKA|TRIPLANE_STORAGE)_/

function settingsOf(environment: Environment) {
  return loadServiceConfig(schema, Object.fromEntries(Object.entries(environment).filter(([name]) => OURS.test(name))))
}

/** How the services' Kafka is reached: the variables are theirs. Throws ConfigError. */
export function kafkaOptions(environment: Environment): Omit<KafkaBusOptions, 'nowUs'> {
  return kafkaOptionsOf(settingsOf(environment).kafka, 'triplane-cli')
}

/** Connection string of the services' database, with its password. Throws ConfigError, and CliError when there is none. */
export function databaseUrl(environment: Environment): string {
  const url = databaseUrlOf(settingsOf(environment).storage)
  if (url === undefined) throw new CliError('Expected DATABASE_URL to name the database, found nothing', 2)
  return url
}
