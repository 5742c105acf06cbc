// The port
export type {
  Bus,
  BusRecord,
  ConsumedStats,
  Consumer,
  ConsumerOptions,
  Position,
  ProducedStats,
  Producer,
  ProducerOptions,
  Watermark,
} from './bus.ts'
export { BusError, type BusErrorCode } from './bus-error.ts'
export { readToEnd, type ReadToEndOptions } from './read-to-end.ts'
// In memory
export { createMemoryBus, type MemoryBusOptions } from './memory-bus/memory-bus.ts'
// Kafka
export { createKafkaBus, type KafkaBus } from './kafka/kafka-bus.ts'
export type { KafkaBusOptions, KafkaLogLevel, KafkaSasl, KafkaTls } from './kafka/kafka-options.ts'
export { decodeRecord, type UndecodableRecord } from './kafka/decode-record.ts'
// A consumer's edge
export {
  createRecordIntake,
  runConsumerEdge,
  type ConsumerEdgeOptions,
  type RecordIntakeOptions,
  type Refusal,
  type RefusedRecord,
} from './consumer-edge.ts'
// Input order
export { OrderedInputs, orderedInputsSchema, type OrderedInputsSnapshot } from './ordered-inputs.ts'
// A plane's run
export { OutputHash, outputHashSchema, runHash, type OutputHashState } from './output-hash.ts'
export { publish, type Plane } from './plane.ts'
export { PlaneRunner, type PlaneRunnerOptions } from './plane-runner.ts'
export { Unobserved } from './unobserved.ts'
