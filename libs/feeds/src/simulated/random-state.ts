import { field } from '@triplane/contracts'
import type { RandomState } from '@triplane/kernel'

/** The saved state of a `Random`. */
export const randomStateSchema = field.as<RandomState>(
  field.tuple([field.integer, field.integer, field.integer, field.integer]),
)
