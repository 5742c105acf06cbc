import { systemClock } from '@triplane/kernel'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeStandalone } from '../apps/standalone/src/compose.ts'
import { parseOptions } from '../apps/standalone/src/options.ts'

/** The path of the README's picture, from the root of the repository. */
export const LIVE_PICTURE = 'docs/images/live-view.svg'

const COLUMNS = 104
const CHARACTER_PX = 8.43
const LINE_PX = 19
const MARGIN_PX = 18
const MARKET_TIME = '20m'

/** The live view of a run of the simulated market, after 20 minutes of market time, as SVG. */
export async function livePicture(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-picture-'))
  try {
    return svgOf(await lastDrawn(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The last view on the terminal before the run ended. */
async function lastDrawn(varFolder: string): Promise<readonly string[]> {
  let drawn: readonly string[] = []
  const screen = {
    isTTY: true,
    columns: COLUMNS + 1,
    write(text: string) {
      if (!text.startsWith('\x1b')) drawn = text.trimEnd().split('\n')
    },
  }
  const start = ['--seed', '1', '--start-time', '2024-08-08T14:30Z', '--duration', MARKET_TIME, '--speed', '100']
  const options = parseOptions(
    [...start, '--ports', '0,0,0', '--storage', 'off', '--hash', 'off', '--var', varFolder],
    () => 1,
  )
  const standalone = await composeStandalone(options, { clock: systemClock, screen, environment: {} })
  await standalone.run()
  // This run had any free ports; a reader's run has these.
  return drawn.map((line) =>
    [8000, 8001, 8002].reduce(
      (text, port, i) => text.replace(standalone.urls[i] ?? '', `http://127.0.0.1:${port}`),
      line,
    ),
  )
}

function svgOf(lines: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHARACTER_PX + 2 * MARGIN_PX)
  const height = lines.length * LINE_PX + 2 * MARGIN_PX
  const text = lines.map((line, i) => {
    const y = MARGIN_PX + LINE_PX * (i + 0.75)
    const colour = line.startsWith('  ') ? '#d0d7de' : '#7ee787'
    return `<text x="${MARGIN_PX}" y="${y}" fill="${colour}" xml:space="preserve">${escaped(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The live view of npm start">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    ...text,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
