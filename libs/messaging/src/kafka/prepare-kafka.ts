import kafkajs, { type AclEntry, type Admin } from 'kafkajs'
import { createKafkaClient } from './kafka-client.ts'
import type { KafkaBusOptions } from './kafka-options.ts'
import { ensureTopics } from './kafka-topics.ts'
import { refusedLogin } from './not-authenticated.ts'
import { refusedRight } from './not-authorized.ts'
import { kafkaUsers, rightsOf, type Right } from './rights.ts'
import { persistently } from './time-limit.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

const operations = {
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  describe: AclOperationTypes.DESCRIBE,
  describe_configs: AclOperationTypes.DESCRIBE_CONFIGS,
} as const satisfies Record<Right['may'], number>

/** What was missing at a broker, and what was too much. */
export interface PreparedKafka {
  readonly granted: number
  readonly revoked: number
  /** The broker asks nobody who is there, so it knows no rights. */
  readonly isOpen: boolean
}

/**
 * Creates the missing topics, gives our users their rights and takes from them whatever else they may. Rights of other users stay.
 * Needs a user of the broker who may do that. Rejects as `createKafkaBus` does, and with `not_authorized`.
 */
export async function prepareKafka(options: KafkaBusOptions): Promise<PreparedKafka> {
  const { connectTimeoutMs = 30_000 } = options
  const client = createKafkaClient(options, 'prepare', { onReset: () => undefined })
  const admin = client.kafka.admin()
  admin.on(admin.events.REQUEST_TIMEOUT, client.onRequestTimeout)
  async function prepare(): Promise<PreparedKafka> {
    try {
      await admin.connect()
      await ensureTopics(admin, options)
      return { ...(await alignRights(admin)), isOpen: false }
    } catch (error) {
      if ((error as { type?: string }).type === 'SECURITY_DISABLED') return { granted: 0, revoked: 0, isOpen: true }
      throw refusedLogin(error, options) ?? refusedRight(error, options) ?? error
    }
  }
  const attempt = () => client.sockets.unlessRefused(prepare())
  try {
    return await persistently(connectTimeoutMs, 'prepare topics and rights', attempt, () => client.sockets.failure)
  } finally {
    await admin.disconnect().catch(() => undefined)
    client.sockets.close()
  }
}

async function alignRights(admin: Admin): Promise<Omit<PreparedKafka, 'isOpen'>> {
  const wanted = new Map(rightsOf().map((right) => [keyOf(entryOf(right)), entryOf(right)]))
  const found = new Map((await entriesOfOurs(admin)).map((entry) => [keyOf(entry), entry]))
  const missing = [...wanted].filter(([key]) => !found.has(key)).map(([, entry]) => entry)
  const surplus = [...found].filter(([key]) => !wanted.has(key)).map(([, entry]) => entry)
  if (missing.length > 0) await admin.createAcls({ acl: missing })
  if (surplus.length > 0) await admin.deleteAcls({ filters: surplus })
  return { granted: missing.length, revoked: surplus.length }
}

/** Everything that the broker says of our users. */
async function entriesOfOurs(admin: Admin): Promise<readonly AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  })
  const ours = new Set<string>(kafkaUsers.map(principalOf))
  return resources
    .flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })))
    .filter(({ principal }) => ours.has(principal))
}

function entryOf({ user, on, name, may }: Right): AclEntry {
  return {
    resourceType: on === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: on === 'topic' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    principal: principalOf(user),
    host: '*',
    operation: operations[may],
    permissionType: AclPermissionTypes.ALLOW,
  }
}

function principalOf(user: Right['user']): string {
  return `User:${user}`
}

function keyOf(entry: AclEntry): string {
  const { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType } = entry
  return [resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType].join(' ')
}
