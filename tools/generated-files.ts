import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateRuleFiles } from '@triplane/monitoring'
import { DASHBOARD_FOLDER, generateDashboards } from './dashboards/index.ts'
import { checksDocument } from './checks-document.ts'
import { compiledModules } from './compiled-modules.ts'
import { eventsDocument } from './events-document.ts'
import { metricsDocument } from './metrics-document.ts'
import { wireDocument, wireLayouts } from './wire-document.ts'
import { withRegistryDefaults, withRegistryNames } from './registry-settings.ts'

const RULES_FOLDER = 'infrastructure/prometheus/rules'

/** Folders that contain only generated files. */
export const generatedFolders: readonly string[] = [RULES_FOLDER, DASHBOARD_FOLDER]

/**
 * Every file that is committed and generated, fully or in part: from its path from the root of the repository, to its content.
 */
export function generatedFiles(root = process.cwd()): Map<string, string> {
  const partly = (path: string, made: (text: string) => string) =>
    [path, made(readFileSync(join(root, path), 'utf8'))] as const
  return new Map([
    ...generateRuleFiles().map(({ name, content }) => [`${RULES_FOLDER}/${name}`, content] as const),
    ...[...generateDashboards()].map(([name, content]) => [`${DASHBOARD_FOLDER}/${name}`, content] as const),
    ...compiledModules(root),
    ['docs/metrics.md', metricsDocument()],
    ['docs/events.md', eventsDocument()],
    ['docs/checks.md', checksDocument()],
    ['docs/wire.md', wireDocument()],
    ['docs/wire.json', wireLayouts()],
    partly('.env.example', withRegistryDefaults),
    partly('infrastructure/docker/settings.yml', withRegistryNames),
  ])
}
