import type * as GrafanaData from '@grafana/data'
import type { DataFrame, DataTransformerConfig, DataTransformerInfo } from '@grafana/data'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'

// React hooks that only components use; they would need a browser.
jest.mock('react-use', () => ({}))

let loaded: Promise<typeof GrafanaData> | undefined

/** Grafana's own library of data frames, with its standard transformations registered as by Grafana's start. */
export function grafanaData(): Promise<typeof GrafanaData> {
  loaded ??= inBrowser(async () => {
    const data = await import('@grafana/data')
    data.standardTransformersRegistry.setInit(() =>
      // One of them is listed twice, under an older name.
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

/** Grafana's names of its transformations and units. */
export async function grafanaNames(): Promise<{ transformations: ReadonlySet<string>; units: ReadonlySet<string> }> {
  const { getValueFormats, standardTransformersRegistry } = await grafanaData()
  const categories = await inBrowser(async () => getValueFormats())
  return {
    transformations: new Set(standardTransformersRegistry.list().map(({ id }) => id)),
    units: new Set(categories.flatMap(({ submenu = [] }) => submenu.map(({ value }) => String(value)))),
  }
}

/** The frames that a panel draws, after its transformations. */
export async function transformed(panel: Panel, frames: DataFrame[]): Promise<DataFrame[]> {
  const { transformDataFrame } = await grafanaData()
  const transformations = (panel.transformations ?? []) as DataTransformerConfig[]
  return inBrowser(
    () => new Promise((next, error) => transformDataFrame(transformations, frames).subscribe({ next, error })),
  )
}

/** The parts of a browser that the library reads, and a flag that silences the notice of one of its dependencies. */
const browser = { window: new EventTarget(), navigator: { languages: ['en'] }, __i18next_supportNoticeShown: true }

/** Runs `work` with the browser that the library needs, and removes it afterwards. */
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
