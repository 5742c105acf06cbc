import { readExposition } from '@triplane/testing'

/** The series of a text exposition. */
export class Exposition {
  readonly #values = new Map<string, number>()
  readonly types = new Map<string, string>()

  constructor(text: string) {
    for (const { name, type, samples } of readExposition(text)) {
      this.types.set(name, type)
      for (const sample of samples) this.#values.set(keyOf(sample.name, Object.entries(sample.labels)), sample.value)
    }
  }

  /** Every series of a counter or a histogram. */
  counted(): readonly string[] {
    const isCounted = (name: string) => {
      const family = this.types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
      return ['counter', 'histogram'].includes(this.types.get(family) ?? '')
    }
    return [...this.#values.keys()].filter((key) => isCounted(key.split('|')[0] as string))
  }

  /** The value of one series; `service` may be left out. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    return this.#values.get(keyOf(name, Object.entries(labels)))
  }

  /** Label sets and values of all series of a metric that have these labels. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels).map(([key, of]) => `${key}=${of}`)
    let sum = 0
    for (const [key, value] of this.#values) {
      const [of, ...has] = key.split('|')
      if (of === name && wanted.every((label) => has.includes(label))) sum += value
    }
    return sum
  }
}

function keyOf(name: string, labels: readonly (readonly unknown[])[]): string {
  const known = labels.filter(([key]) => key !== 'service').map(([key, of]) => `${String(key)}=${String(of)}`)
  return [name, ...known.sort()].join('|')
}
