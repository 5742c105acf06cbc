import { composeConfig } from '@triplane/config'
import { dataPlaneConfigSchema } from '@triplane/data-core'
import { runSourceSchema } from '@triplane/feeds'
import { inMicroseconds } from '@triplane/settings'
import { loadServiceConfig, planeSections } from '@triplane/service'
import { z } from 'zod'

/** The settings of the data plane as a service. */
export const dataServiceSchema = composeConfig({
  ...planeSections(8000),
  plane: z.strictObject({
    /** Name of this data plane, where a run has several, each with its own venues. */
    instance: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
      .optional(),
  }),
  source: runSourceSchema,
  data: dataPlaneConfigSchema,
})

/** Every setting of the data plane as a service, validated. Throws a ConfigError that names every violation. */
export function loadDataServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { source, data, ...parts } = loadServiceConfig(dataServiceSchema, environment)
  return { ...parts, source: inMicroseconds(source), data: inMicroseconds(data) }
}

export type DataServiceConfig = ReturnType<typeof loadDataServiceConfig>
