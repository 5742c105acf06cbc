import type * as GrafanaData from '@grafana/data'
import type { DataFrame, DataTransformerConfig, DataTransformerInfo } from '@grafana/data'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'

// React hooks that only components use; it would ask for a browser.
jest.mock('react-use', () => ({}))

let loaded: Promise<typeof GrafanaData> | undefined

/** Grafana's own library of data frames, with its standard transformations registered as Grafana does at its start. */
export function grafanaData(): Promise<typeof GrafanaData> {
  loaded ??= inBrowser(async () => {
    const data = await import('@grafana/data')
    data.standardTransformersRegistry.setInit(() =>
      // One of them is there twice, by an older name.
      [...new Set(Object.values(data.standardTransformers))].map((transformation) => ({
        ...transformation,
        transformation: transformation as DataTransformerInfo,
        editor: () => null,
        imageDark: '',
        imageLight: '',
      })),
    )
    return data
  })
  return loaded
}

/** What Grafana calls its transformations and units. */
export async function grafanaNames(): Promise<{ transformations: ReadonlySet<string>; units: ReadonlySet<string> }> {
  const { getValueFormats, standardTransformersRegistry } = await grafanaData()
  const categories = await inBrowser(async () => getValueFormats())
  return {
    transformations: new Set(standardTransformersRegistry.list().map(({ id }) => id)),
    units: new Set(categories.flatMap(({ submenu = [] }) => submenu.map(({ value }) => String(value)))),
  }
}

/** What a panel draws: its frames after its transformations. */
export async function transformed(panel: Panel, frames: DataFrame[]): Promise<DataFrame[]> {
  const { transformDataFrame } = await grafanaData()
  const transformations = (panel.transformations ?? []) as DataTransformerConfig[]
  return inBrowser(
    () => new Promise((next, error) => transformDataFrame(transformations, frames).subscribe({ next, error })),
  )
}

/** What the library looks at of a browser, and the notice that one of its own libraries would print. */
const browser = { window: new EventTarget(), navigator: { languages: ['en'] }, __i18next_supportNoticeShown: true }

/** Runs `work` with as much of a browser as the library asks for, and without it again afterwards. */
async function inBrowser<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.keys(browser).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  try {
    return await work()
  } finally {
    for (const [name, property] of before) {
      if (property) Object.defineProperty(globalThis, name, property)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
}
