import { field, stateSchema, type Event, type SchemaOf, type StateOfFields } from '@triplane/contracts'
import { steppedFields, type SteppedState } from '@triplane/messaging'
import { highWaterMarksSchema } from './high-water-marks.ts'
import { planeOutputSchema } from './plane-output.ts'
import { takenHaltsSchema } from './taken-halts.ts'
import { watermarkGateSchema } from './watermark-gate.ts'

const hostFields = {
  marks: highWaterMarksSchema,
  halts: takenHaltsSchema,
  gate: watermarkGateSchema,
  positions: field.list(stateSchema({ topic: field.text, partition: field.count, offset: field.integer })),
  marketUs: field.timeUs,
  boundUs: field.timeUs,
  output: planeOutputSchema,
}

/** The state of a hosted plane: its core, the waiting inputs, and where its host stands. */
export type HostState<In extends Event = Event, CoreState = unknown> = SteppedState<In, CoreState> &
  StateOfFields<typeof hostFields>

/** The schema of a hosted plane's saved state, from those of its core and inputs. */
export function hostStateSchema<In extends Event, CoreState>(
  core: SchemaOf<CoreState>,
  input: SchemaOf<In>,
): SchemaOf<HostState<In, CoreState>> {
  return field.as(stateSchema({ ...steppedFields(core, input), ...hostFields }))
}
