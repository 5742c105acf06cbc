import { systemClock, type Clock } from '@triplane/kernel'
import pino from 'pino'

/** Where lines go: a stream of the process, a file (appended to), or any writer of lines. */
export type Destination = 'stdout' | 'stderr' | { readonly file: string } | { write(line: string): void }

/** Writes one line: the fields in their order, after the time stamp. */
export type WriteLine = (fields: Readonly<Record<string, unknown>>) => void

/** Builds a writer of JSON lines through pino, in this process (a bundle has no worker files) and synchronous. */
export function createLineWriter(destination: Destination, clock: Clock = systemClock): WriteLine {
  const writer = pino(
    {
      base: null,
      messageKey: 'message',
      // pino begins a line with its own level, then the time. Without its level the time comes first, and our level is one of
      // the fields: modules have their own levels, so nothing is filtered here.
      formatters: { level: () => ({}) },
      timestamp: () => `"timestamp":"${new Date(clock.nowUs() / 1000).toISOString()}"`,
    },
    streamOf(destination),
  )
  return (fields) => writer.info(fields)
}

function streamOf(destination: Destination): pino.DestinationStream {
  if (destination === 'stdout') return pino.destination({ dest: 1, sync: true })
  if (destination === 'stderr') return pino.destination({ dest: 2, sync: true })
  if ('file' in destination) return pino.destination({ dest: destination.file, sync: true, mkdir: true })
  return destination
}
