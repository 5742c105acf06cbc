import { instrumentsOf, loadInstruments } from '@triplane/config'
import { openSimulation } from '@triplane/feeds'
import { configuredRates } from '@triplane/instruments'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMemoryBus } from '@triplane/messaging'
import { loadStandaloneConfig } from '../src/config.ts'
import { parseOptions } from '../src/options.ts'
import { createMetricsOfPlanes } from '../src/plane-servers.ts'
import { composePlanes } from '../src/planes.ts'

/** The planes of a run on the simulated market, for a test that drives them item by item. Its flags set a start time. */
export function composedByHand(
  flags: readonly string[],
  instrumentFiles: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const options = parseOptions(flags, () => 1)
  const config = loadStandaloneConfig(options, environment)
  const source = openSimulation({ ...options, startUs: options.startTimeUs as number }, options, systemClock)
  const instruments = instrumentsOf(source.venues, loadInstruments(instrumentFiles))
  const destination = { write: () => undefined }
  const logger = createLogger({ service: 'test', level: 'ERROR', destination, clock: systemClock })
  const rates = configuredRates(config.order.ratesToUsd, instruments)
  const metrics = createMetricsOfPlanes({ config, instruments, rates, source: source.name, logger })
  const turnUs = () => systemClock.nowUs()
  const planes = composePlanes({
    ...{ config, source: source.name, instruments, rates, metrics, logger, turnUs },
    ...{ bus: createMemoryBus({ nowUs: turnUs }), clock: systemClock, runId: 'test', hash: false },
    isSessionOpen: () => true,
  })
  return { options, source, planes, metrics }
}
