import { composeConfig, inMicroseconds } from '@triplane/config'
import { loadServiceConfig, serviceParts } from '@triplane/service'
import { z } from 'zod'
import { dataPlaneConfigSchema } from './config.ts'

const sourceSchema = z.strictObject({
  kind: z.enum(['simulated', 'capture', 'venue']).default('simulated'),
  /** Capture files, separated by commas. */
  capture: z.string().min(1).optional(),
  /** Venue and product: of the captures, where it is not to be found out from them; of the live feed. */
  venue: z.enum(['binance_spot', 'binance_usdm']).optional(),
  /** Where the venue's streams and REST paths are, instead of its own; for a test venue. */
  wsUrl: z.string().min(1).optional(),
  restUrl: z.string().min(1).optional(),
  /** Market seconds in a wall second, or max. */
  speed: z.union([z.number().positive().max(10_000), z.literal('max')]).default(1),
  /** So long a silence of a capture, milliseconds, while a session is open, is a hole: a disconnect that is jumped over. */
  holeLimitMs: z.number().int().positive().max(86_400_000).default(60_000),
  /** Ends after so much market time, milliseconds; a capture that is shorter ends by itself. */
  durationMs: z.number().positive().optional(),
})

/** The settings of the data plane as a service. */
export const dataServiceSchema = composeConfig({
  ...serviceParts(8000),
  source: sourceSchema,
  data: dataPlaneConfigSchema,
})

/** Every setting of the data plane as a service, checked. Throws a ConfigError that names every violation. */
export function loadDataServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { source, data, ...parts } = loadServiceConfig(dataServiceSchema, environment)
  return { ...parts, source: inMicroseconds(source), data: inMicroseconds(data) }
}

export type DataServiceConfig = ReturnType<typeof loadDataServiceConfig>
