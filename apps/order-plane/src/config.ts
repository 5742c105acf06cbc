import { composeConfig } from '@triplane/config'
import { accountKeys, accountSchema, inMicroseconds } from '@triplane/settings'
import { auditPart, loadServiceConfig, planeSections } from '@triplane/service'
import { z } from 'zod'
import { orderPlaneConfigSchema } from '@triplane/order-core'

/** The settings of the order plane as a service. */
export const orderServiceSchema = composeConfig({
  ...planeSections(8001),
  account: accountSchema,
  order: orderPlaneConfigSchema.omit(accountKeys),
  audit: auditPart,
  liveness: z.strictObject({
    /** Without a heartbeat of the strategy plane for this long, wall time, only orders that close a position are allowed. */
    strategySilenceMs: z.int().min(500).max(3_600_000).default(5_000),
  }),
})

/** Every setting of the order plane as a service, validated. Throws a ConfigError that names every violation. */
export function loadOrderServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { account, order, ...parts } = loadServiceConfig(orderServiceSchema, environment)
  return { ...parts, order: { ...inMicroseconds(order), ...account } }
}

export type OrderServiceConfig = ReturnType<typeof loadOrderServiceConfig>
