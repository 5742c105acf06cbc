import { catalogs, everyServiceCatalog, processCatalog } from '@triplane/metrics'

/** The families of metrics, by the names that dashboards use. */
export const dataPlane = catalogs.data_plane
export const orderPlane = catalogs.order_plane
export const strategyPlane = catalogs.strategy_plane
export const batchJobs = catalogs.jobs
export const everyService = everyServiceCatalog
export const processOf = processCatalog
