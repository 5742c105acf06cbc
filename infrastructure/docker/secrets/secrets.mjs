// `secrets.mjs make`: gives every consumer of the compose stack the passwords, tokens and keys it needs, as files in a
// volume of its own. `secrets.mjs print`: shows those that people use; `secrets.mjs print operator-token`: one of them, bare.
//
// 1. What a volume holds stays, unless .env sets something else. What .env sets wins.
// 2. Nothing is written before everything has been checked; a file appears whole or not at all.
// 3. A file is 0400 in a folder that is 0500, both owned by the one user that reads it. An unchanged one is not touched.
//    Kafka's server.properties is 0600: its image copies the file with its mode, and writes on.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Below it: one volume for each consumer. */
const VOLUMES = process.env.SECRETS_FOLDER ?? '/secrets'

/** NAME=value lines: what .env sets, empty where it sets nothing. */
const GIVEN = process.env.SECRETS_GIVEN ?? '/given.env'

/** /etc/passwd of the images whose users are not the same everywhere. */
const USERS = process.env.SECRETS_USERS ?? '/users'

/** A consumer's folder in VOLUMES and the user who reads it, by the image that runs it. */
const consumers = {
  postgres: () => userOf('postgres', 'postgres'),
  redis: () => userOf('redis', 'redis'),
  kafka: () => userOf('kafka', 'appuser'),
  'kafka-setup': nodeUser,
  'data-plane': nodeUser,
  'strategy-plane': nodeUser,
  'order-plane': nodeUser,
  'heartbeat-watch': nodeUser,
  operator: nodeUser,
  grafana: grafanaUser,
}
const planes = ['data-plane', 'strategy-plane', 'order-plane']

const password = {
  pattern: /^[\x21-\x7e]{12,128}$/,
  expected: '12 to 128 printable characters without spaces',
  make: () => randomBytes(24).toString('base64url'),
}
const token = {
  pattern: /^[\w.~+/=-]{24,128}$/,
  expected: '24 to 128 letters, digits and ._~+/=-',
  make: () => randomBytes(32).toString('base64url'),
}
/** Grafana replaces $NAME and %(name)s wherever it reads a setting, passwords not excepted; Kafka's files have quotes and brackets. */
const plainPassword = {
  pattern: /^[\w.~+/=-]{12,128}$/,
  expected: '12 to 128 letters, digits and ._~+/=-',
  make: password.make,
}
const key = {
  pattern: /^[0-9a-f]{64,128}$/,
  expected: '64 to 128 lower-case hexadecimal digits',
  make: () => randomBytes(32).toString('hex'),
}

/** The planes and the command take one length only. */
const auditKey = { ...key, pattern: /^[0-9a-f]{64}$/, expected: '64 lower-case hexadecimal digits' }

/** What is made: the file's name, who reads it, the setting that wins, and why a setting may not change later. */
const secrets = [
  { file: 'postgres-password', readers: ['postgres'], kind: password },
  {
    file: 'database-password',
    readers: ['operator', 'postgres', ...planes],
    kind: password,
    setting: 'POSTGRES_PASSWORD',
    shown: 'database user triplane',
  },
  {
    file: 'redis-password',
    readers: ['operator', ...planes],
    kind: password,
    setting: 'REDIS_PASSWORD',
    shown: 'redis user default',
  },
  { file: 'stack-password', readers: ['redis'], kind: password },
  { file: 'kafka-broker-password', readers: ['kafka'], kind: plainPassword },
  { file: 'kafka-setup-password', readers: ['kafka-setup', 'kafka'], kind: plainPassword },
  {
    file: 'kafka-password',
    readers: ['operator', 'kafka'],
    kind: plainPassword,
    setting: 'KAFKA_PASSWORD',
    shown: 'Kafka user cli',
  },
  ...[...planes, 'heartbeat-watch'].map((service) => {
    return { file: `${service}-kafka-password`, readers: [service, 'kafka'], kind: plainPassword }
  }),
  {
    file: 'operator-token',
    readers: ['operator'],
    kind: token,
    setting: 'TRIPLANE_OPERATOR_TOKEN',
    shown: "operator's token",
  },
  {
    file: 'audit-key',
    readers: ['operator', 'order-plane'],
    kind: auditKey,
    setting: 'TRIPLANE_AUDIT_KEY',
    shown: 'audit key',
    fixed: 'the audit rows so far are chained under the old one',
  },
  {
    file: 'grafana-password',
    readers: ['grafana', 'operator'],
    kind: plainPassword,
    setting: 'GRAFANA_PASSWORD',
    shown: 'Grafana user admin',
  },
  {
    file: 'grafana-postgres-password',
    readers: ['grafana', 'operator', 'postgres'],
    kind: plainPassword,
    setting: 'GRAFANA_POSTGRES_PASSWORD',
    shown: 'database user grafana',
  },
  {
    file: 'grafana-secret-key',
    readers: ['grafana', 'operator'],
    kind: key,
    setting: 'GRAFANA_SECRET_KEY',
    shown: 'Grafana secret key',
    fixed: 'the secrets in its own database are encrypted with the old one',
  },
]

/** Kafka's users by the file of their password. They log in by SCRAM-SHA-512; `broker` and `setup`, by whom these are made, by PLAIN. */
const kafkaUsers = new Map([
  ['cli', 'kafka-password'],
  ...[...planes, 'heartbeat-watch'].map((service) => [service, `${service}-kafka-password`]),
])

/** More operators, by the user: `name:sha256hex`, separated by commas. */
const MORE_OPERATORS = 'TRIPLANE_OPERATOR_TOKENS'
const JAAS = 'org.apache.kafka.common.security'
const OPERATOR = /^(?!operator:)[\w.@-]+:[0-9a-f]{64}$/

/** What cannot be done as it is asked for: one line, no stack trace. */
class Refusal extends Error {}

try {
  const [command = 'make', name] = process.argv.slice(2)
  if (command === 'make') make()
  else if (command === 'print') print(name)
  else throw new Refusal(`expected make or print, was ${command}`)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(`secrets: ${error.message}`)
  process.exitCode = 1
}

function make() {
  const given = readGiven()
  const values = new Map(secrets.map((secret) => [secret.file, valueOf(secret, given)]))
  const files = [
    ...secrets.flatMap(({ file, readers }) => readers.map((reader) => [reader, file, values.get(file)])),
    ...planes.map((plane) => [plane, 'operator-tokens', operatorTokens(values, given)]),
    ['redis', 'users.acl', redisUsers(values)],
    ['kafka', 'server.properties', kafkaServer(values), 0o600],
    ['kafka', 'setup.properties', kafkaSetup(values)],
    ...[...kafkaUsers].map(([user, file]) => ['kafka', `${user}.scram`, scramUser(values.get(file))]),
  ]
  for (const consumer of Object.keys(consumers)) own(volumeOf(consumer), consumer, 0o500)
  const written = files.filter(([consumer, file, content, mode]) => writeSecret(consumer, file, content, mode))
  const names = [...new Set(written.map(([, file]) => file))]
  console.log(names.length === 0 ? 'secrets: all there' : `secrets: wrote ${names.join(', ')}`)
}

function print(name) {
  const shown = secrets.filter((secret) => secret.shown && (name === undefined || secret.file === name))
  if (shown.length === 0) {
    const names = secrets.flatMap(({ file, shown: label }) => (label ? file : []))
    throw new Refusal(`expected one of ${names.join(', ')}, was ${name}`)
  }
  if (shown.some((secret) => storedValue(secret) === undefined)) {
    throw new Refusal('nothing is made yet; `docker compose up` does that')
  }
  for (const secret of shown) {
    console.log(name === undefined ? `${secret.shown.padEnd(24)}${storedValue(secret)}` : storedValue(secret))
  }
}

/** Every NAME=value of GIVEN that is not empty. */
function readGiven() {
  const known = [...secrets.flatMap(({ setting }) => setting ?? []), MORE_OPERATORS]
  const given = new Map()
  for (const line of readFileSync(GIVEN, 'utf8').split('\n')) {
    const [name, ...rest] = line.split('=')
    if (known.includes(name)) given.set(name, rest.join('='))
    else if (line !== '') throw new Refusal('expected each setting of .env on one line, was one with a line break')
  }
  return new Map([...given].filter(([, value]) => value !== ''))
}

/** The value in force: what .env sets, else what is stored, else a new one. */
function valueOf(secret, given) {
  const { kind, setting, fixed } = secret
  const stored = storedValue(secret)
  const wanted = given.get(setting)
  if (wanted === undefined) return stored ?? kind.make()
  if (!kind.pattern.test(wanted)) throw new Refusal(`${setting}: expected ${kind.expected}, was something else`)
  if (fixed && stored !== undefined && stored !== wanted) {
    throw new Refusal(`${setting} cannot change: ${fixed}. Take it out of .env again.`)
  }
  return wanted
}

/** The value that the first reader has which has one, so that a lost volume is filled from another. */
function storedValue({ file, readers }) {
  const paths = readers.map((reader) => join(volumeOf(reader), file))
  const path = paths.find((one) => existsSync(one))
  return path === undefined ? undefined : readFileSync(path, 'utf8')
}

function operatorTokens(values, given) {
  const more = (given.get(MORE_OPERATORS) ?? '').split(',').filter((entry) => entry !== '')
  const wrong = more.findIndex((entry) => !OPERATOR.test(entry))
  if (wrong >= 0) {
    const expected = 'name:sha256hex with a name other than operator (whose token is TRIPLANE_OPERATOR_TOKEN)'
    throw new Refusal(`${MORE_OPERATORS}: expected ${expected}, was entry ${wrong + 1} otherwise`)
  }
  return [`operator:${sha256(values.get('operator-token'))}`, ...more].join(',')
}

/** Redis' users: `default` for the planes; `stack` for the health check and for loading this file anew. */
function redisUsers(values) {
  return [
    `user default on #${sha256(values.get('redis-password'))} ~* &* +@all -acl -config -debug -module -shutdown`,
    `user stack on #${sha256(values.get('stack-password'))} -@all +ping +acl|load`,
    '',
  ].join('\n')
}

/**
 * Who may log in at Kafka, on each listener, and that nobody may do anything without a right. The image puts the settings of
 * the compose file behind these.
 */
function kafkaServer(values) {
  const passwordOf = { broker: values.get('kafka-broker-password'), setup: values.get('kafka-setup-password') }
  const plain = (...users) => {
    const known = users.map((user) => `user_${user}="${passwordOf[user]}"`)
    return `${JAAS}.plain.PlainLoginModule required username="broker" password="${passwordOf.broker}" ${known.join(' ')};`
  }
  const scram = `${JAAS}.scram.ScramLoginModule required;`
  return [
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    'sasl.mechanism.controller.protocol=PLAIN',
    'listener.name.controller.sasl.enabled.mechanisms=PLAIN',
    `listener.name.controller.plain.sasl.jaas.config=${plain('broker')}`,
    ...['network', 'host'].flatMap((listener) => [
      `listener.name.${listener}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512`,
      `listener.name.${listener}.plain.sasl.jaas.config=${plain('broker', 'setup')}`,
      `listener.name.${listener}.scram-sha-512.sasl.jaas.config=${scram}`,
    ]),
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found=false',
    'super.users=User:broker;User:setup',
    '',
  ].join('\n')
}

/** How Kafka's own tools log in to set it up. */
function kafkaSetup(values) {
  const login = `username="setup" password="${values.get('kafka-setup-password')}"`
  return [
    'security.protocol=SASL_PLAINTEXT',
    'sasl.mechanism=PLAIN',
    `sasl.jaas.config=${JAAS}.plain.PlainLoginModule required ${login};`,
    '',
  ].join('\n')
}

/** A user's password as kafka-configs.sh takes it from a file: without the brackets of its command line. */
function scramUser(password) {
  return `SCRAM-SHA-512=password=${password}\n`
}

/** True when the file was not there or had another content. */
function writeSecret(consumer, file, content, mode = 0o400) {
  const path = join(volumeOf(consumer), file)
  const isNew = !existsSync(path) || readFileSync(path, 'utf8') !== content
  if (isNew) {
    const draft = `${path}.new`
    writeFileSync(draft, content, { mode })
    own(draft, consumer, mode)
    renameSync(draft, path)
  } else own(path, consumer, mode)
  return isNew
}

function own(path, consumer, mode) {
  const { uid, gid } = consumers[consumer]()
  const now = statSync(path)
  if ((now.mode & 0o777) !== mode) chmodSync(path, mode)
  if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid)
}

function volumeOf(consumer) {
  return join(VOLUMES, consumer)
}

function userOf(image, name) {
  const line = readFileSync(join(USERS, image), 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  if (!line) throw new Refusal(`expected a user ${name} in the image of ${image}, was none`)
  const [, , uid, gid] = line.split(':').map(Number)
  return { uid, gid }
}

/** The user `node` of the official images. */
function nodeUser() {
  return { uid: 1000, gid: 1000 }
}

/** The user of the official image, by number: what stands in for it elsewhere may not have the name. */
function grafanaUser() {
  return { uid: 472, gid: 0 }
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}
