import { scenarios } from '@triplane/feeds'
import type { Report } from '../src/report.ts'
import { runStandalone } from './run-standalone.ts'

const SEEDS = [1, 2, 3]

/** The markers around the table in the README. */
export const TABLE_START = '<!-- scenarios: made by `npm run scenarios` -->'
export const TABLE_END = '<!-- /scenarios -->'

/** Runs every scenario with each seed and returns the README's table: what trips, what is refused, what breaks. */
export async function scenarioTable(varFolder: string): Promise<string> {
  const rows: string[][] = []
  for (const scenario of Object.keys(scenarios)) {
    for (const seed of SEEDS) {
      const flags = ['--scenario', scenario, '--seed', String(seed), '--speed', 'max', '--hash', 'off']
      rows.push([scenario, String(seed), ...cellsOf(await runStandalone(flags, varFolder))])
    }
  }
  const header = [
    'scenario',
    'seed',
    'trips',
    'frames refused',
    'orders denied',
    'gaps',
    'invalid books',
    'fills',
    'orders after a trip',
  ]
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function cellsOf(report: Report): string[] {
  const tripped = Object.entries(report.killSwitches).filter(([, { trips }]) => trips > 0)
  return [
    tripped.map(([type]) => type).join(', ') || 'none',
    counts(report.frames.refused),
    counts(report.denied),
    String(report.gaps),
    String(report.invalidBooks),
    String(report.events.fill),
    String(report.execution.ordersAfterTrip),
  ]
}

function counts(record: Readonly<Record<string, number>>): string {
  const named = Object.entries(record).filter(([, count]) => count > 0)
  return named.map(([code, count]) => `${code} ${count}`).join(', ') || 'none'
}
