import { checkDefinitions, type CheckDefinition } from '@triplane/execution'
import { code, table } from './markdown.ts'

/** docs/checks.md: every risk check, from its definition. */
export function checksDocument(): string {
  const rows = checkDefinitions.map(
    ({ code: name, doc, limits }: Pick<CheckDefinition, 'code' | 'doc' | 'limits'>, i) => [
      `${i + 1}`,
      code(name),
      doc,
      Object.entries(limits)
        .map(([limit, what]) => `${code(limit)}: ${what}`)
        .join('<br>'),
    ],
  )
  return `${[intro, table(['', 'code', 'what', 'limits'], rows)].join('\n\n')}\n`
}

const intro = `<!-- Made by \`npm run generate\` from the definitions in libs/execution/src/risk/checks. -->

# Risk checks

Every order passes them in this order; the first refusal wins. The code is the \`reason\` of the order's event and the label
\`check_type\` of \`orders_risk_rejections_total\`. Limits are settings of the order plane under \`risk\`, where a duration is in milliseconds
(\`maxFutureMs\`). What cannot be computed is refused.`
