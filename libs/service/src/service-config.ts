import { createHash } from 'node:crypto'
import { loadConfig, secret } from '@triplane/config'
import { readOperatorTokens } from '@triplane/control'
import { levels } from '@triplane/logging'
import { z } from 'zod'

const port = z.int().min(0).max(65_535)
const password = secret(z.string().min(1)).optional()

/** The address of a server. The whole is a secret, because it may contain a password. */
function serverUrl(beginning: RegExp, example: string) {
  const isAddress = (text: string) => beginning.test(text) && URL.canParse(text)
  return secret(z.string().refine(isAddress, `Expected an address such as ${example}`)).optional()
}

const operatorTokens = secret(z.string().min(1).optional()).transform((text, context) => {
  const { tokens, refusals } = readOperatorTokens(text)
  for (const { entry, expected } of refusals)
    context.addIssue({ code: 'custom', path: [entry], message: `Expected ${expected}` })
  return tokens
})

/** Connection string of Postgres or TimescaleDB. */
export const databaseUrlSetting = serverUrl(/^postgres(ql)?:\/\//, 'postgres://user@127.0.0.1:5432/triplane')

/** The connection to Kafka. */
const kafkaSection = z.strictObject({
  /** Brokers, separated by commas: `kafka:9092,kafka-2:9092`. `KAFKA_BROKERS`. */
  brokers: z.string().min(1).default('127.0.0.1:9092'),
  /** Replicas of the topics it creates. */
  replicas: z.int().min(1).max(10).default(1),
  /** Partitions of the market data and signal topics it creates. More than one only helps several data planes. */
  marketPartitions: z.int().min(1).max(1000).default(1),
  /** Whether the connection is encrypted. */
  tls: z.boolean().default(false),
  /** File with the certificate authority, PEM; default: the system's. */
  caFile: z.string().min(1).optional(),
  certificateFile: z.string().min(1).optional(),
  keyFile: z.string().min(1).optional(),
  saslMechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
  /** A user name turns authentication on. */
  username: z.string().min(1).optional(),
  password,
})

/** Folder of the service's state, its crash note for one; it must outlive the process. */
const folder = z.string().min(1).default('var/state')

/** The configuration sections of every service, with its default port. */
export function serviceSections(defaultPort: number) {
  return {
    kafka: kafkaSection,
    http: z.strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(defaultPort),
      /** Names by which the port is reached, beside loopback and its address, separated by commas: a `Host` of another is refused. */
      names: z
        .string()
        .default('host.docker.internal')
        .transform((text) => listOf(text).filter((name) => name !== '')),
    }),
    state: z.strictObject({ folder }),
    operator: z.strictObject({
      /** Names and hashes of tokens: `ada:<sha256 hex>,bob:<sha256 hex>`. Without any, no commands are accepted. */
      tokens: operatorTokens,
    }),
    tracing: z.strictObject({
      /** OTLP endpoint. `OTEL_EXPORTER_OTLP_ENDPOINT`. */
      endpoint: z.string().min(1).optional(),
      /** Share of orders that are traced, 0-1. */
      sampleRatio: z.number().min(0).max(1).default(1),
    }),
    metrics: z.strictObject({
      /** The most series that the service may expose. */
      maxSeries: z.int().min(100).max(1_000_000).default(10_000),
      /** Where to push metrics too, OTLP over HTTP. `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`. */
      otlpEndpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** Interval between two pushes. */
      otlpEveryMs: z.int().min(1000).max(3_600_000).default(10_000),
    }),
    log: z.strictObject({
      level: z.enum(levels).default('INFO'),
      /** Levels of modules and their children: `{ "order_plane": "WARNING" }`. */
      levels: z.record(z.string(), z.enum(levels)).default({}),
    }),
  }
}

/** The configuration sections of every plane: those of a service, and those that a run needs. */
export function planeSections(defaultPort: number) {
  return {
    ...serviceSections(defaultPort),
    storage: z.strictObject({
      /** Connection string of Postgres or TimescaleDB. Without one, history is not stored. `DATABASE_URL`. */
      url: databaseUrlSetting,
      /** Password, if the connection string has none. `DATABASE_PASSWORD`. */
      password,
      /** The most rows that wait in memory for the database. */
      maxBufferedRows: z.int().min(1000).max(10_000_000).default(50_000),
      /** The most bytes that wait on disk while the database is down. */
      maxSpilledBytes: z.int().min(1_000_000).default(4_000_000_000),
      /**
       * Days to keep market data; by default it is kept forever, as orders, fills, runs, bars and the audit always are.
       */
      retentionDays: z.int().min(1).max(36_500).optional(),
    }),
    redis: z.strictObject({
      /** Without one, the latest state is not published. `REDIS_URL`. */
      url: serverUrl(/^rediss?:\/\//, 'redis://127.0.0.1:6379'),
      password,
    }),
    state: z.strictObject({
      /** Also of snapshots, input log, spilled history and the halt file. */
      folder,
      /** Wall time between two snapshots. */
      snapshotEveryMs: z.int().min(100).max(3_600_000).default(10_000),
    }),
    /** Venues whose instruments are traded, separated by commas: those of the data plane's source. */
    market: z.strictObject({
      venues: z.string().min(1).default('sim'),
      instrumentFiles: z.array(z.string().min(1)).default([]),
      /** How far market time may be ahead of the wall clock, at speed 1: a record that is further is refused. */
      aheadLimitMs: z.int().min(100).max(3_600_000).default(5000),
    }),
  }
}

/** The audit of operators' orders. */
export const auditPart = z.strictObject({
  /** Key of the chain of audit rows, kept outside the database: 256 bits. `TRIPLANE_AUDIT_KEY`. */
  key: secret(z.string().regex(/^[0-9a-f]{64}$/i, 'Expected 64 hex digits')).optional(),
})

type Configured<Sections extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Name in keyof Sections]: z.output<Sections[Name]>
}
/** The configuration of any service. */
export type ServiceConfig = Configured<ReturnType<typeof serviceSections>>
/** The configuration of any plane. */
export type PlaneConfig = Configured<ReturnType<typeof planeSections>>

/** Well-known variables that set some of the settings. */
const serviceAliases = {
  KAFKA_BROKERS: 'kafka.brokers',
  KAFKA_USERNAME: 'kafka.username',
  KAFKA_PASSWORD: 'kafka.password',
  DATABASE_URL: 'storage.url',
  DATABASE_PASSWORD: 'storage.password',
  REDIS_URL: 'redis.url',
  REDIS_PASSWORD: 'redis.password',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'tracing.endpoint',
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'metrics.otlpEndpoint',
  TRIPLANE_OPERATOR_TOKENS: 'operator.tokens',
  TRIPLANE_AUDIT_KEY: 'audit.key',
  TRIPLANE_VENUES: 'market.venues',
} as const

/** Variables of other services, which may share a shell or an env file. */
const readElsewhere = [
  'TRIPLANE_DATA',
  'TRIPLANE_DATA_*',
  'TRIPLANE_PLANE_*',
  'TRIPLANE_STORAGE_*',
  'TRIPLANE_REDIS_*',
  'TRIPLANE_MARKET_*',
  'TRIPLANE_VENUES',
  'TRIPLANE_STATE_SNAPSHOT_EVERY_MS',
  'TRIPLANE_STRATEGIES',
  'TRIPLANE_STRATEGY_*',
  'TRIPLANE_ORDER_*',
  'TRIPLANE_SOURCE_*',
  'TRIPLANE_AUDIT_*',
  'TRIPLANE_LIVENESS_*',
  'TRIPLANE_ACCOUNT_*',
  'TRIPLANE_DATA_PLANES',
  'TRIPLANE_STRATEGY_PLANES',
  'TRIPLANE_ORDER_PLANES',
  'TRIPLANE_TOKEN*',
  'TRIPLANE_VAR',
  'TRIPLANE_VERSION',
  'TRIPLANE_COMMIT',
]

/** True for a family of variables that this service reads itself, and so refuses misspelt. */
function isOwn(schema: z.ZodObject, name: string): boolean {
  return Object.keys(schema.shape).some((section) => name === `TRIPLANE_${section.toUpperCase()}_*`)
}

/** Reads the configuration of a service whose schema has the sections of `serviceSections`. Throws ConfigError. */
export function loadServiceConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  return loadConfig(schema, {
    file: environment['TRIPLANE_CONFIG'],
    environment,
    aliases: serviceAliases,
    readElsewhere: [...readElsewhere.filter((name) => !isOwn(schema, name)), 'TRIPLANE_CONFIG'],
  })
}

/** Splits a setting that is a list separated by commas: brokers, venues. */
export function listOf(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim())
}

/** The connection string with its password, which may be a separate setting; undefined without a database. */
export function databaseUrlOf({ url, password }: PlaneConfig['storage']): string | undefined {
  if (url === undefined || password === undefined || !URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.password === '') parsed.password = encodeURIComponent(password)
  return parsed.href
}

/** Digest of what determines a plane's outputs: under the same digest the same inputs give the same outputs. */
export function digestOf(settings: unknown): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}
