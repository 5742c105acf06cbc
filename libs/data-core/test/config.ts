import { inMicroseconds } from '@triplane/settings'
import type { z } from 'zod'
import { dataPlaneConfigSchema, type DataPlaneConfig } from '../src/config.ts'

/** The configuration of a core from settings. Throws a `ZodError`. */
export const dataPlaneConfig = (settings: z.input<typeof dataPlaneConfigSchema> = {}): DataPlaneConfig =>
  inMicroseconds(dataPlaneConfigSchema.parse(settings))
