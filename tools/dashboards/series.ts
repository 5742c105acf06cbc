import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import type { PrometheusQuery } from './panel.ts'
import type { States } from './panels.ts'

/** Grafana has no unit for these. */
export const BASIS_POINTS = 'suffix:bp'

/** Series over time, named by the legend. */
export function series(expr: string, legend: string, minStep?: string): PrometheusQuery {
  return minStep === undefined ? { expr, legend } : { expr, legend, minStep }
}

/** The value of each series at the end of the time range. */
export function newest(expr: string, legend: string, minStep?: string): PrometheusQuery {
  return { ...series(expr, legend, minStep), instant: true }
}

/** The newest value of each series as rows, its labels as columns. */
export function rows(expr: string, minStep?: string): PrometheusQuery {
  const query = { expr, instant: true, format: PromQueryFormat.Table }
  return minStep === undefined ? query : { ...query, minStep }
}

/** The buckets of a histogram over time. */
export function buckets(expr: string, minStep?: string): PrometheusQuery {
  const query = { expr, legend: '{{le}}', format: PromQueryFormat.Heatmap }
  return minStep === undefined ? query : { ...query, minStep }
}

const good = 'green'
const bad = 'red'
const idle = 'super-light-blue'

/** The texts of gauges of 0 and 1. */
export const states = {
  connected: { 0: { text: 'disconnected', color: bad }, 1: { text: 'connected', color: good } },
  valid: { 0: { text: 'invalid', color: bad }, 1: { text: 'valid', color: good } },
  open: { 0: { text: 'closed', color: idle }, 1: { text: 'open', color: good } },
  failed: { 0: { text: 'succeeded', color: good }, 1: { text: 'failed', color: bad } },
  up: { 0: { text: 'down', color: bad }, 1: { text: 'up', color: good } },
  inForce: { 0: { text: ' ', color: 'transparent' }, 1: { text: 'in force', color: 'blue' } },
  tripped: { 0: { text: 'armed', color: good }, 1: { text: 'tripped', color: bad } },
  suspended: { 0: { text: 'at work', color: good }, 1: { text: 'suspended', color: bad } },
  regime: {
    0: { text: 'calm', color: good },
    1: { text: 'normal', color: 'blue' },
    2: { text: 'storm', color: 'orange' },
  },
} satisfies Record<string, States>
