import { mkdirSync } from 'node:fs'
import { controlRefusals, hostGuard, profileRoute, RefusedAttempts, type ControlRefusal } from '@triplane/control'
import { createHealth } from '@triplane/health'
import { openOtlpExport, startMetricsServer, type MetricsServer } from '@triplane/metrics'
import { otlpOptions } from '../platform/otlp-options.ts'
import { processChecks } from '../platform/plane-checks.ts'
import { statusRoutes } from '../platform/status-routes.ts'
import type { ServiceConfig } from '../service-config.ts'
import type { Service, ServiceEdges, ServicePart, ServiceParts } from './service-part.ts'

/**
 * Opens a service: serves health, metrics, status and profiles on its port, then starts its parts. Rejects, with every
 * part closed, when the port is taken.
 */
export async function openService(
  config: Pick<ServiceConfig, 'http' | 'state' | 'operator' | 'metrics'>,
  { metrics, parts }: ServiceParts,
  { logger, clock }: ServiceEdges,
): Promise<Service> {
  mkdirSync(config.state.folder, { recursive: true })
  const closing: ServicePart[] = [...parts].reverse()
  const attempts = new RefusedAttempts({
    onFirst: (reason, address) => logger.warning('A request was refused', { reason, address }),
  })
  for (const reason of controlRefusals) metrics.stageRefused.of({ stage: 'control', reason })
  const noted = parts.flatMap((part) => part.onRefused ?? [])
  const notes = noted.length > 0 ? noted : [attempts.note.bind(attempts)]
  const onRefused = (reason: ControlRefusal, address: string) => {
    metrics.stageRefused.inc({ stage: 'control', reason })
    for (const note of notes) note(reason, address)
  }
  const { tokens } = config.operator
  let server: MetricsServer
  try {
    const ofProcess = processChecks(config.state.folder, clock)
    closing.push({ close: async () => ofProcess.close() })
    server = await startMetricsServer(metrics, {
      port: config.http.port,
      host: config.http.host,
      health: createHealth({
        checks: { ...ofProcess.checks, ...joined(parts, 'checks') },
        readiness: joined(parts, 'readiness'),
        clock,
      }),
      guard: hostGuard({ names: config.http.names, tokens, onRefused }),
      routes: [
        statusRoutes(joined(parts, 'views')),
        ...parts.flatMap(({ routes = [] }) => routes),
        profileRoute({ tokens, onRefused }),
      ],
    })
  } catch (error) {
    await closeAll()
    throw error
  }
  logger.info('Listening', { url: server.url })
  const otlp = await openOtlpExport(metrics, otlpOptions(config, logger))
  closing.push({ close: async () => otlp?.close() }, server)

  const stopping = new AbortController()
  const ended = live()
  return {
    url: server.url,
    ended,
    async stop() {
      stopping.abort()
      await ended.catch(() => undefined)
    },
  }

  /** A part that ends leaves the others at work; the first that fails stops them, and its error ends the service. */
  async function live(): Promise<void> {
    const works = parts.map(async ({ run }) => run?.(stopping.signal))
    const [work] = await Promise.allSettled([Promise.all([...works, aborted(stopping.signal)])])
    stopping.abort()
    await Promise.allSettled(works)
    const faults = await closeAll()
    if (work.status === 'rejected') throw work.reason
    for (const fault of faults) throw fault
  }

  /** Closes one part; an error does not keep the others from being closed. Gives the error. */
  async function closeAll(): Promise<readonly Error[]> {
    const faults: Error[] = []
    for (const { close } of closing.splice(0)) {
      try {
        await close?.()
      } catch (error) {
        logger.error('Cannot close a part of the service', { error })
        faults.push(error instanceof Error ? error : new Error(String(error)))
      }
    }
    return faults
  }
}

/** Merges one kind of contribution of all parts. Throws on a duplicate name. */
function joined<Kind extends 'checks' | 'readiness' | 'views'>(
  parts: readonly ServicePart[],
  kind: Kind,
): NonNullable<ServicePart[Kind]> {
  const entries = parts.flatMap((part) => Object.entries(part[kind] ?? {}))
  const names = entries.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new Error(`Invariant: the parts of a service have ${kind} of different names, was ${twice}`)
  return Object.fromEntries(entries) as NonNullable<ServicePart[Kind]>
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
