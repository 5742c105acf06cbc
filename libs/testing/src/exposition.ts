import { createExpositionReader, type ExposedMetric } from '@triplane/metrics'

/** The metrics of a whole text exposition, with all their lines. */
export function readExposition(text: string): ExposedMetric[] {
  return createExpositionReader()(text)
}
