// The port
export type { Bus, BusRecord, Consumer, Position, Producer, Watermark } from './bus.ts'
export { readToEnd } from './read-to-end.ts'
// In memory
export { createMemoryBus } from './memory-bus/memory-bus.ts'
// Kafka
export { createKafkaBus, type KafkaBus } from './kafka/kafka-bus.ts'
export type { KafkaBusOptions, KafkaTls } from './kafka/kafka-options.ts'
export { prepareKafka, type PreparedKafka } from './kafka/prepare-kafka.ts'
export { decodeRecord } from './kafka/decode-record.ts'
// A consumer's edge
export { createRecordIntake, type Refusal, type RefusedRecord } from './record-intake.ts'
// Input order
export type { OrderedInputsSnapshot } from './ordered-inputs.ts'
// A plane's run
export { Stepper, steppedFields, type SteppedState } from './stepper.ts'
export { OutputHash, outputHashSchema, runHash } from './output-hash.ts'
export { publish, type Plane } from './plane.ts'
export { PlaneRunner, type PlaneRunnerOptions } from './plane-runner.ts'
export { Unobserved } from './unobserved.ts'
