import { createServer, type AddressInfo, type Socket } from 'node:net'
import { FrameWriter } from '../src/kafka/frame-writer.ts'

const PRODUCE = 0
const METADATA = 3
const API_VERSIONS = 18
const INIT_PRODUCER_ID = 22
/** The newest version that it speaks, by request. */
const versions = new Map([
  [PRODUCE, 7],
  [METADATA, 4],
  [API_VERSIONS, 2],
  [INIT_PRODUCER_ID, 0],
])
const PRODUCER_ID = 4000
const NODE = 1

/** What becomes of a request to produce: an error code of the protocol, 0 for none, or its connection is cut instead. */
type Outcome = number | 'cut'

/** A broker of one node and one topic, with one partition, that keeps what it is sent, as bytes. */
export interface FakeBroker {
  readonly address: string
  /** Requests to produce, whole. */
  readonly produced: readonly Buffer[]
  /** What becomes of the next requests to produce; of those behind them, nothing bad. */
  readonly outcomes: Outcome[]
  close(): Promise<void>
}

export async function startFakeBroker(topic: string): Promise<FakeBroker> {
  const produced: Buffer[] = []
  const outcomes: Outcome[] = []
  const sockets = new Set<Socket>()

  function onRequest(socket: Socket, frame: Buffer): void {
    const apiKey = frame.readInt16BE(4)
    const answer = new FrameWriter(Buffer.alloc(1024))
    answer.length = 4
    answer.int32(frame.readInt32BE(8))
    if (apiKey === API_VERSIONS) writeVersions(answer)
    if (apiKey === METADATA) writeMetadata(answer, topic, (server.address() as AddressInfo).port)
    if (apiKey === INIT_PRODUCER_ID) writeProducerId(answer)
    if (apiKey === PRODUCE) {
      produced.push(frame)
      const outcome = outcomes.shift() ?? 0
      if (outcome === 'cut') return void socket.destroy()
      writeProduced(answer, topic, outcome)
    }
    answer.putInt32(0, answer.length - 4)
    socket.write(answer.written())
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes])
      for (let size: number; rest.length >= 4 && rest.length >= (size = rest.readInt32BE(0) + 4);) {
        onRequest(socket, rest.subarray(0, size))
        rest = rest.subarray(size)
      }
    })
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    produced,
    outcomes,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function writeVersions(answer: FrameWriter): void {
  answer.int16(0)
  answer.int32(versions.size)
  for (const [key, newest] of versions) {
    answer.int16(key)
    answer.int16(0)
    answer.int16(newest)
  }
  answer.int32(0)
}

function writeMetadata(answer: FrameWriter, topic: string, port: number): void {
  answer.int32(0)
  answer.int32(1)
  answer.int32(NODE)
  answer.string('127.0.0.1')
  answer.int32(port)
  answer.string(null)
  answer.string(null)
  answer.int32(NODE)
  answer.int32(1)
  answer.int16(0)
  answer.string(topic)
  answer.int8(0)
  answer.int32(1)
  answer.int16(0)
  answer.int32(0)
  answer.int32(NODE)
  for (let list = 0; list < 2; list++) {
    answer.int32(1)
    answer.int32(NODE)
  }
}

function writeProducerId(answer: FrameWriter): void {
  answer.int32(0)
  answer.int16(0)
  answer.int64(PRODUCER_ID)
  answer.int16(0)
}

function writeProduced(answer: FrameWriter, topic: string, errorCode: number): void {
  answer.int32(1)
  answer.string(topic)
  answer.int32(1)
  answer.int32(0)
  answer.int16(errorCode)
  answer.int64(0)
  answer.int64(-1)
  answer.int64(0)
  answer.int32(0)
}
