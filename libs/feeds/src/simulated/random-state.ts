import { field } from '@triplane/contracts'
import type { RandomState } from '@triplane/kernel'

/** The state of a `Random` as it is saved. */
export const randomStateSchema = field.as<RandomState>(
  field.tuple([field.integer, field.integer, field.integer, field.integer]),
)
