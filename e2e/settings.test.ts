import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { variableNames } from '@triplane/config'
import { dataServiceSchema } from '@triplane/data-plane/service-config'
import { orderServiceSchema } from '@triplane/order-plane/service-config'
import { strategyServiceSchema } from '@triplane/strategy-plane/service-config'
import { root } from './plane-process.ts'

/** What the compose files set themselves: servers, ports, secrets and folders of containers. */
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
