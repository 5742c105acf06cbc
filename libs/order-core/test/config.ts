import { inMicroseconds } from '@triplane/settings'
import type { z } from 'zod'
import { orderPlaneConfigSchema, type OrderPlaneConfig } from '../src/config.ts'

/** The configuration of a core from settings. Throws a `ZodError`. */
export const orderPlaneConfig = (settings: z.input<typeof orderPlaneConfigSchema> = {}): OrderPlaneConfig =>
  inMicroseconds(orderPlaneConfigSchema.parse(settings))
