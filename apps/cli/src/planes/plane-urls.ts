import { CliError } from '../cli-error.ts'
import type { Environment } from '../environment.ts'

export const planeNames = ['data', 'order', 'strategy'] as const
export type PlaneName = (typeof planeNames)[number]

const variableOf = {
  data: 'TRIPLANE_DATA_PLANES',
  order: 'TRIPLANE_ORDER_PLANES',
  strategy: 'TRIPLANE_STRATEGY_PLANES',
} as const satisfies Record<PlaneName, string>

/** How a user can fix a missing plane. */
export function whereToLook(plane: PlaneName): string {
  return `Start Triplane (npm start, docker compose up), or set ${variableOf[plane]}`
}

const defaultOf = {
  data: 'http://127.0.0.1:8000',
  order: 'http://127.0.0.1:8001',
  strategy: 'http://127.0.0.1:8002',
} as const satisfies Record<PlaneName, string>

/**
 * The addresses of the planes of a kind, without duplicates: `TRIPLANE_ORDER_PLANES` and so on, comma-separated. Throws
 * CliError.
 */
export function planeUrls(environment: Environment, plane: PlaneName): readonly string[] {
  const variable = variableOf[plane]
  const given = environment[variable]?.trim() || defaultOf[plane]
  const urls = given.split(',').map((entry) => parseUrl(entry.trim(), variable))
  return [...new Set(urls)]
}

/** The address of the only plane of a kind. Throws CliError where there are several; `by` is the flag that picks one. */
export function onlyPlane(environment: Environment, plane: PlaneName, by: string = variableOf[plane]): string {
  const [url, ...more] = planeUrls(environment, plane)
  if (url === undefined || more.length > 0)
    throw new CliError(`Expected ${by} to name one of ${[url, ...more].join(', ')}, found none`, 2)
  return url
}

/** An address without a trailing slash. `from` names its source. */
export function parseUrl(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new CliError(`Expected ${from} to name addresses such as http://127.0.0.1:8001, was ${text || 'nothing'}`, 2)
  return text.replace(/\/+$/, '')
}
