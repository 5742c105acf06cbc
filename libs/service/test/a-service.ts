import { composeConfig } from '@triplane/config'
import { createMetrics } from '@triplane/metrics'
import { startService } from '../src/lifecycle/start-service.ts'
import type { ServicePart } from '../src/lifecycle/service-part.ts'
import { loadServiceConfig, serviceSections } from '../src/service-config.ts'

/** Selects by the first argument what the test service does. */
const [, , behaviour = ''] = process.argv

const say = (line: string) => void process.stdout.write(`${line}\n`)

class Unreachable extends Error {
  readonly code = 'unavailable'
  readonly retryable = true
}

const part: ServicePart = {
  async run(stopping) {
    say('it works')
    if (behaviour === 'fault') throw new Unreachable('Expected a server, was nobody there')
    if (behaviour === 'bug') throw new TypeError('a bug')
    if (behaviour === 'unhandled') void Promise.reject(new Error('nobody hears it'))
    if (behaviour === 'thrown') setImmediate(() => (undefined as unknown as { x: string }).x)
    await new Promise((resolve) => stopping.addEventListener('abort', resolve))
    say('it has finished')
    // A second signal ends the process at once.
    if (behaviour === 'slow') await new Promise((resolve) => setTimeout(resolve, 60_000))
  },
  close: async () => say('it is closed'),
}

await startService({
  name: 'a-service',
  config: (environment) => loadServiceConfig(composeConfig(serviceSections(0)), environment),
  parts: () => ({ metrics: createMetrics('a_service', { processMetrics: false }), parts: [part] }),
})
