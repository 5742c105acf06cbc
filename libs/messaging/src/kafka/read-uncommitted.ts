import Broker from 'kafkajs/src/broker/index.js'

let isPatched = false

/**
 * Makes kafkajs 2.2.4 ask for the ends of partitions as they are: without it an administrator is told where the oldest open
 * transaction begins, and what lies behind that would be missed by whoever reads a topic to its end.
 */
export function patchEnds(): void {
  if (isPatched) return
  isPatched = true
  const { listOffsets } = Broker.prototype
  Broker.prototype.listOffsets = function (this: Broker, request) {
    return listOffsets.call(this, { ...request, isolationLevel: 0 })
  }
}
