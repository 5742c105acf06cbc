import { dataPlaneConfigSchema, type DataPlaneConfig } from '@triplane/data-core'
import { composeConfig, loadConfig } from '@triplane/config'
import { runSourceSchema } from '@triplane/feeds'
import { accountKeys, accountSchema, inMicroseconds } from '@triplane/settings'
import { orderPlaneConfigSchema, type OrderPlaneConfig } from '@triplane/order-core'
import { auditPart, databaseUrlSetting, serviceSections } from '@triplane/service'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import { strategyConfigOf, type StrategyConfig } from '@triplane/strategy-core'
import { z } from 'zod'
import type { Options } from './options.ts'

const { http, operator, metrics, log } = serviceSections(0)

/** The schema of the settings, with those of these strategies. */
const schemaOf = (strategies: readonly StrategyDefinition[]) =>
  composeConfig({
    /** The one account, of which both planes keep a ledger. */
    account: accountSchema,
    data: dataPlaneConfigSchema,
    strategy: strategyConfigOf(strategies).omit(accountKeys),
    order: orderPlaneConfigSchema.omit(accountKeys),
    /** For live venues. */
    source: runSourceSchema.pick({ wsUrl: true, restUrl: true }),
    storage: z.strictObject({
      /** Connection string of a Postgres server; without one the app starts the embedded Postgres. `DATABASE_URL`. */
      url: databaseUrlSetting,
      /** Rows that may wait for the database in memory. */
      maxBufferedRows: z.int().min(1000).max(10_000_000).default(50_000),
      /** Bytes that may wait on disk while the database is down. */
      maxSpilledBytes: z.int().min(1_000_000).default(4_000_000_000),
    }),
    /** Where it listens is a flag. */
    http: http.pick({ names: true }),
    operator,
    audit: auditPart,
    metrics,
    log,
  })

type Parts = z.output<ReturnType<typeof schemaOf>>

/** Every setting of the standalone app, validated. */
export interface StandaloneConfig extends Omit<Parts, 'data' | 'strategy' | 'order' | 'account'> {
  readonly data: DataPlaneConfig
  readonly strategy: StrategyConfig
  readonly order: OrderPlaneConfig
}

/** Reads the settings from the file, the environment and the flags. Throws a `ConfigError` that names every violation. */
export function loadStandaloneConfig(
  options: Pick<Options, 'configFile' | 'ofiIntervalUs'>,
  environment: Readonly<Record<string, string | undefined>>,
  strategies: readonly StrategyDefinition[] = builtIn,
): StandaloneConfig {
  const { account, data, strategy, order, ...rest } = loadConfig(schemaOf(strategies), {
    file: options.configFile,
    environment,
    aliases: {
      DATABASE_URL: 'storage.url',
      TRIPLANE_OPERATOR_TOKENS: 'operator.tokens',
      TRIPLANE_AUDIT_KEY: 'audit.key',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'metrics.otlpEndpoint',
    },
    readElsewhere: [
      'TRIPLANE_DATA',
      'TRIPLANE_STRATEGIES',
      'TRIPLANE_VAR',
      'TRIPLANE_VERSION',
      'TRIPLANE_COMMIT',
      'TRIPLANE_TOKEN*',
      'TRIPLANE_ORDER_PLANES',
    ],
    flags: { data: { ofiIntervalMs: options.ofiIntervalUs / 1000 } },
  })
  return {
    ...rest,
    data: inMicroseconds(data),
    strategy: { ...strategy, ...account },
    order: { ...inMicroseconds(order), ...account },
  }
}
