import { createHash } from 'node:crypto'
import { loadConfig, secret } from '@triplane/config'
import { readOperatorTokens } from '@triplane/control'
import { levels } from '@triplane/logging'
import { z } from 'zod'

const port = z.int().min(0).max(65_535)
const password = secret(z.string().min(1)).optional()

/** The address of a server; a secret as a whole, for it may hold a password that was not encoded. */
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

/** How Kafka is reached. */
const kafkaSection = z.strictObject({
  /** Brokers, separated by commas: `kafka:9092,kafka-2:9092`. `KAFKA_BROKERS`. */
  brokers: z.string().min(1).default('127.0.0.1:9092'),
  /** Replicas of the topics that are created. */
  replicas: z.int().min(1).max(10).default(1),
  /** Partitions of the topics of market data and signals, when they are created: more than one only for more planes than one. */
  marketPartitions: z.int().min(1).max(1000).default(1),
  /** Whether the connection is encrypted. */
  tls: z.boolean().default(false),
  /** File with the certificate authority, PEM; default: those of the system. */
  caFile: z.string().min(1).optional(),
  certificateFile: z.string().min(1).optional(),
  keyFile: z.string().min(1).optional(),
  saslMechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('scram-sha-512'),
  /** With a user name the connection is authenticated. */
  username: z.string().min(1).optional(),
  password,
})

/** Folder of what a service keeps, its crash note for one; must outlive the process. */
const folder = z.string().min(1).default('var/state')

/** The sections of the configuration that every service has. `<default port>` is the service's own. */
export function serviceSections(defaultPort: number) {
  return {
    kafka: kafkaSection,
    http: z.strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(defaultPort),
    }),
    state: z.strictObject({ folder }),
    operator: z.strictObject({
      /** Names and hashes of tokens: `ada:<sha256 hex>,bob:<sha256 hex>`. Without one nobody may command. */
      tokens: operatorTokens,
    }),
    tracing: z.strictObject({
      /** OTLP endpoint. `OTEL_EXPORTER_OTLP_ENDPOINT`. */
      endpoint: z.string().min(1).optional(),
      /** Share of orders that are traced, 0-1. */
      sampleRatio: z.number().min(0).max(1).default(1),
    }),
    metrics: z.strictObject({
      /** Series that the service may expose. */
      maxSeries: z.int().min(100).max(1_000_000).default(10_000),
      /** Where metrics are posted too, OTLP over HTTP. `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`. */
      otlpEndpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** From one post to the next. */
      otlpEveryMs: z.int().min(1000).max(3_600_000).default(10_000),
    }),
    log: z.strictObject({
      level: z.enum(levels).default('INFO'),
      /** Levels of modules and what is below them: `{ "order_plane": "WARNING" }`. */
      levels: z.record(z.string(), z.enum(levels)).default({}),
    }),
  }
}

/** The sections that every plane has: those of a service, and what a run needs. */
export function planeSections(defaultPort: number) {
  return {
    ...serviceSections(defaultPort),
    storage: z.strictObject({
      /** Connection string of Postgres or TimescaleDB. Without one nothing is stored. `DATABASE_URL`. */
      url: databaseUrlSetting,
      /** Password, when the connection string has none. `DATABASE_PASSWORD`. */
      password,
      /** Rows that may wait in memory for the database. */
      maxBufferedRows: z.int().min(1000).max(10_000_000).default(50_000),
      /** Bytes that may wait on disk while the database is away. */
      maxSpilledBytes: z.int().min(1_000_000).default(4_000_000_000),
      /** Days that market data is kept; without it nothing is dropped. Orders, fills, runs, bars and the audit are kept for good. */
      retentionDays: z.int().min(1).max(36_500).optional(),
    }),
    redis: z.strictObject({
      /** Without one there is no latest state for others to read. `REDIS_URL`. */
      url: serverUrl(/^rediss?:\/\//, 'redis://127.0.0.1:6379'),
      password,
    }),
    state: z.strictObject({
      /** Of snapshots, input log, spilled history and the halt file too. */
      folder,
      /** Wall time between two snapshots. */
      snapshotEveryMs: z.int().min(100).max(3_600_000).default(10_000),
    }),
    /** Venues whose instruments are traded, separated by commas; those of the data plane's source. */
    market: z.strictObject({
      venues: z.string().min(1).default('sim'),
      instrumentFiles: z.array(z.string().min(1)).default([]),
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
/** What every service is configured with. */
export type ServiceConfig = Configured<ReturnType<typeof serviceSections>>
/** What every plane is configured with. */
export type PlaneConfig = Configured<ReturnType<typeof planeSections>>

/** Variables by which the world knows some of the settings. */
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

/** Variables that others read: a shell or an env file may be shared by all services. */
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

/** True for a family of variables that this service reads itself: a misspelt one of them is refused. */
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

/** The parts of a setting that lists them with commas: brokers, venues. */
export function listOf(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim())
}

/** The connection string with its password, which may be a setting of its own; undefined when there is no database. */
export function databaseUrlOf({ url, password }: PlaneConfig['storage']): string | undefined {
  if (url === undefined || password === undefined || !URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.password === '') parsed.password = encodeURIComponent(password)
  return parsed.href
}

/** Digest of what a plane computes with: the same inputs under the same digest give the same outputs. */
export function digestOf(settings: unknown): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}
