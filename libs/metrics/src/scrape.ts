import { nextTurn, SerialQueue } from '@triplane/async'
import { addSeries } from './exposition.ts'
import type { Family } from './family.ts'
import type { SeriesRegistry } from './series-registry.ts'
import type { StoreCopy } from './series-store.ts'
import { Utf8Text } from './utf8-text.ts'

/** The lines to expose: everything, the book levels only, or everything else. `core` and `book` together are `all`. */
export const selections = ['all', 'core', 'book'] as const
export type Selection = (typeof selections)[number]

/** After this much text, rendered in less than a millisecond, a rendering yields to the event loop. */
const SLICE_BYTES = 128 * 1024
/** How far the last series of a slice may exceed it. */
const SLICE_MARGIN_BYTES = 16 * 1024
const NEW_LINE = Buffer.from('\n')

export interface ScrapeSources {
  readonly registry: SeriesRegistry
  /** Text of metrics kept elsewhere, part of `core`; empty when there are none. */
  readonly processText: () => Promise<string>
  /** Called before the values are copied, to set those measured at the scrape. */
  readonly beforeScrape: readonly (() => void)[]
}

/**
 * Renders a service's metrics, as UTF-8 in parts of whole lines.
 *
 * Invariants
 * 1. All values of a scrape are copied in one synchronous pass, before anything is rendered.
 * 2. Overlapping scrapes of one selection share one rendering.
 * 3. A part is the text of one slice, so handling one part a turn blocks the event loop only briefly.
 * 4. The renderings of a process, which has one or three services, take turns: one slice a turn of the event loop.
 */
export function createScrape({
  registry,
  processText,
  beforeScrape,
}: ScrapeSources): (selection: Selection) => Promise<readonly Buffer[]> {
  const running = new Map<Selection, Promise<readonly Buffer[]>>()

  async function render(selection: Selection): Promise<readonly Buffer[]> {
    for (const measure of beforeScrape) measure()
    const copy = registry.copy()
    const core: Planned[] = []
    const book: Planned[] = []
    for (const family of registry.exposed) {
      const planned = { family, seriesCount: family.series.length }
      if (family.metric.priority === 'book') book.push(planned)
      else core.push(planned)
    }
    const sections: (readonly Buffer[])[] = []
    await turnOfOwn()
    if (selection !== 'book') {
      sections.push(await renderSlices(core, copy))
      await turnOfOwn()
      sections.push([Buffer.from(await processText())])
      await turnOfOwn()
    }
    if (selection !== 'core') {
      sections.push(await renderSlices(book, copy))
      await turnOfOwn()
    }
    const shown = sections.filter((parts) => parts.some((part) => part.length > 0))
    return shown.flatMap((parts, i) => (i === 0 ? parts : [NEW_LINE, ...parts]))
  }

  return (selection) => {
    const underway = running.get(selection)
    if (underway) return underway
    const rendering = render(selection).finally(() => running.delete(selection))
    running.set(selection, rendering)
    return rendering
  }
}

const turns = new SerialQueue()

/** Resolves in a later turn of the event loop, in which no other rendering runs. */
const turnOfOwn = () => turns.run(nextTurn)

/** A family and the number of its series when the values were copied. */
interface Planned {
  readonly family: Family
  readonly seriesCount: number
}

async function renderSlices(plan: readonly Planned[], copy: StoreCopy): Promise<readonly Buffer[]> {
  const slices: Buffer[] = []
  const text = new Utf8Text(SLICE_BYTES + SLICE_MARGIN_BYTES)
  for (const [i, { family, seriesCount }] of plan.entries()) {
    if (i > 0) text.add(NEW_LINE)
    text.add(family.head)
    for (let n = 0; n < seriesCount; n++) {
      addSeries(family.series[n]!, copy, text)
      if (text.length < SLICE_BYTES) continue
      slices.push(text.take())
      await turnOfOwn()
    }
  }
  slices.push(text.take())
  return slices
}
