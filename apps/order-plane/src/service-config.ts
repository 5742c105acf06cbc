import { accountKeys, accountSchema, composeConfig } from '@triplane/config'
import { loadServiceConfig, serviceParts } from '@triplane/service'
import { z } from 'zod'
import { orderPlaneConfigSchema } from './config.ts'

/** The audit of operators' orders. */
export const auditPart = z.strictObject({
  /** Key of the chain of audit rows, hex, at least 32 bytes; kept outside the database. `TRIPLANE_AUDIT_KEY`. */
  key: z
    .string()
    .regex(/^([0-9a-f]{2}){32,}$/i, 'Expected at least 64 hex digits')
    .optional(),
})

/** The settings of the order plane as a service. */
export const orderServiceSchema = composeConfig({
  ...serviceParts(8001),
  account: accountSchema,
  order: orderPlaneConfigSchema.omit(accountKeys),
  audit: auditPart,
  liveness: z.strictObject({
    /** Without a heartbeat of the strategy plane for so long, wall time, only what closes a position is traded. */
    strategySilenceMs: z.int().min(500).max(3_600_000).default(5_000),
  }),
})

/** Every setting of the order plane as a service, checked. Throws a ConfigError that names every violation. */
export function loadOrderServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { account, order, ...parts } = loadServiceConfig(orderServiceSchema, environment)
  return { ...parts, order: { ...order, ...account } }
}

export type OrderServiceConfig = ReturnType<typeof loadOrderServiceConfig>
