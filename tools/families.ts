import { labelOf } from '@triplane/contracts'
import { heartbeatWatchCatalog } from '@triplane/heartbeat-watch'
import { catalogs, everyServiceCatalog, processCatalog, withPrefix, type Catalog } from '@triplane/metrics'

/** The services' own families, by service: one line each. */
const brought: Readonly<Record<string, Catalog>> = {
  'heartbeat-watch': heartbeatWatchCatalog,
}

/** The same with their exposed names: `heartbeat_watch_age_seconds`. */
export const serviceFamilies: readonly (readonly [service: string, family: Catalog])[] = Object.entries(brought).map(
  ([service, family]) => [service, withPrefix(labelOf(service), family)],
)

/** Every family of metrics, that of every service included, by the `service` that exposes it. */
export const families: readonly (readonly [service: string, family: Catalog])[] = [
  ...Object.entries(catalogs),
  ...serviceFamilies.map(([service, family]) => [labelOf(service), family] as const),
  ['every_service', everyServiceCatalog],
]

/** Every family, and the metrics of Node and the process. */
export const allCatalogs: readonly Catalog[] = [...families.map(([, family]) => family), processCatalog]
