import { connect } from 'node:net'
import { besideStack, CliError } from '../cli-error.ts'
import type { Environment } from '../environment.ts'

/** Where a broker on this machine listens: on Kafka's default port, and on that of the compose stack. */
const HOST = '127.0.0.1'
const DEFAULT_PORT = 9092
const COMPOSE_PORT = 9094
const PROBE_MS = 1000

interface FoundBroker {
  /** `host:port` */
  readonly address: string
  /** At the port of the compose stack, whose broker asks for a password. */
  readonly isOfStack: boolean
}

/** A broker on this machine. Throws CliError when there is none. */
export async function findBroker(environment: Environment): Promise<FoundBroker> {
  const composePort = Number(environment['KAFKA_PORT'] || COMPOSE_PORT)
  for (const port of [DEFAULT_PORT, composePort])
    if (await isListening(port)) return { address: `${HOST}:${port}`, isOfStack: port === composePort }
  throw new CliError(
    `Expected KAFKA_BROKERS to name the brokers, or one on ${HOST}:${DEFAULT_PORT} or, of the compose stack, :${composePort}; found none. ${besideStack('COMMAND')}`,
    2,
  )
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: PROBE_MS })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}
