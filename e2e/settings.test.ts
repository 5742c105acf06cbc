import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretVariableNames, variableNames } from '@triplane/config'
import { dataServiceSchema, loadDataServiceConfig } from '@triplane/data-plane'
import { loadOrderServiceConfig, orderServiceSchema } from '@triplane/order-plane'
import { loadStrategyServiceConfig, strategyServiceSchema } from '@triplane/strategy-plane'
import { root } from './plane-process.ts'

/** Set by the compose files themselves: servers, ports, secrets and folders of containers. */
const OF_COMPOSE =
  /^TRIPLANE_(KAFKA_(?!MARKET_PARTITIONS$)|STORAGE_(URL|PASSWORD)$|REDIS_|HTTP_|STATE_FOLDER$|OPERATOR_TOKENS$|TRACING_ENDPOINT$|METRICS_OTLP_ENDPOINT$|AUDIT_KEY$|MARKET_INSTRUMENT_FILES$)/

const schemas = { data: dataServiceSchema, strategy: strategyServiceSchema, order: orderServiceSchema }
const all = [...new Set(Object.values(schemas).flatMap((schema) => variableNames(schema)))].filter(
  (name) => !OF_COMPOSE.test(name),
)

describe('every setting of the services', () => {
  it.each(['.env.example', 'infrastructure/docker/settings.yml'])('is named in %s', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(all.length).toBeGreaterThan(40)
    expect(all.filter((name) => !text.includes(name))).toEqual([])
  })
})

describe('a wrong secret of a service', () => {
  const loaders = { data: loadDataServiceConfig, strategy: loadStrategyServiceConfig, order: loadOrderServiceConfig }
  const planes = ['data', 'strategy', 'order'] as const
  const secrets = planes.flatMap((plane) => secretVariableNames(schemas[plane]).map((name) => [plane, name] as const))

  it('is a password, an address with a password, a token or the key of the audit', () => {
    expect(new Set(secrets.map(([, name]) => name))).toEqual(
      new Set(
        [
          'KAFKA_PASSWORD',
          'STORAGE_URL',
          'STORAGE_PASSWORD',
          'REDIS_URL',
          'REDIS_PASSWORD',
          'OPERATOR_TOKENS',
          'AUDIT_KEY',
        ].map((name) => `TRIPLANE_${name}`),
      ),
    )
  })

  it.each(secrets)('of the %s plane is not shown: %s', (plane, name) => {
    const wrong = 'QXZJ7QXZJ9'
    // A password may be anything: the log level is wrong too, so that there is a message.
    const load = () => loaders[plane]({ [name]: wrong, [`${name}X`]: wrong, TRIPLANE_LOG_LEVEL: 'LOUD' })
    expect(load).toThrow(/expected .*, found "LOUD"/)
    expect(load).not.toThrow(/QXZJ/)
  })
})
