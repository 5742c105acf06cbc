import {
  field,
  stateSchema,
  type CancelIntent,
  type Cross,
  type OrderIntent,
  type Outbox,
  type StateOf,
} from '@triplane/contracts'

/** The saved ids of orders. */
export const knownOrdersSchema = stateSchema({
  /** The numbers of each prefix, ascending, each less the one before it, in base 36 with a space between them. */
  numbered: field.list(stateSchema({ prefix: field.text, numbers: field.text })),
  others: field.list(field.text),
})
type KnownOrdersSnapshot = StateOf<typeof knownOrdersSchema>

const BASE = 36

/** What intents are sent through. */
export type IntentOutbox = Pick<Outbox<OrderIntent | CancelIntent | Cross>, 'nextSeq' | 'add'>

/**
 * The ids of all orders of a run, exactly and for as long as it runs: our ids are `<strategy>-<number>`, so each takes a number in
 * memory and two or three characters when it is saved.
 */
export class KnownOrders {
  readonly #numbered: Map<string, Numbers>
  readonly #others: Set<string>

  constructor({ numbered, others }: KnownOrdersSnapshot = { numbered: [], others: [] }) {
    this.#numbered = new Map(numbered.map(({ prefix, numbers }) => [prefix, new Numbers(numbers)]))
    this.#others = new Set(others)
  }

  /** Remembers an order. */
  add(intentId: string): void {
    const { prefix, number } = split(intentId)
    if (number === undefined) return void this.#others.add(intentId)
    let numbers = this.#numbered.get(prefix)
    if (!numbers) this.#numbered.set(prefix, (numbers = new Numbers('')))
    numbers.add(number)
  }

  /** An outbox that puts events into `outbox`, and whose intents are remembered. */
  noting(outbox: IntentOutbox): IntentOutbox {
    const note = (intentId: string) => this.add(intentId)
    return {
      get nextSeq() {
        return outbox.nextSeq
      },
      add(event) {
        if (event.type === 'orderIntent') note(event.intentId)
        outbox.add(event)
      },
    }
  }

  has(intentId: string): boolean {
    const { prefix, number } = split(intentId)
    return number === undefined ? this.#others.has(intentId) : (this.#numbered.get(prefix)?.has(number) ?? false)
  }

  snapshot(): KnownOrdersSnapshot {
    const numbered = Array.from(this.#numbered, ([prefix, numbers]) => ({ prefix, numbers: numbers.text }))
    return { numbered, others: [...this.#others] }
  }
}

/** An ascending set of whole numbers. Most are added at its end. */
class Numbers {
  readonly #all: number[] = []
  #text: string

  constructor(text: string) {
    this.#text = text
    let last = 0
    for (const step of text === '' ? [] : text.split(' ')) this.#all.push((last += Number.parseInt(step, BASE)))
  }

  /** As it is saved: it grows with the set, so that saving does not go over all of it. */
  get text(): string {
    return this.#text
  }

  has(number: number): boolean {
    return this.#all[this.#placeOf(number)] === number
  }

  add(number: number): void {
    const place = this.#placeOf(number)
    if (this.#all[place] === number) return
    const isLast = place === this.#all.length
    this.#all.splice(place, 0, number)
    if (isLast) this.#text += `${place === 0 ? '' : ' '}${this.#stepTo(place)}`
    else this.#text = this.#all.map((_, i) => this.#stepTo(i)).join(' ')
  }

  #stepTo(place: number): string {
    return ((this.#all[place] ?? 0) - (this.#all[place - 1] ?? 0)).toString(BASE)
  }

  /** Where `number` is, or belongs. */
  #placeOf(number: number): number {
    let [from, to] = [0, this.#all.length]
    if ((this.#all[to - 1] ?? -1) < number) return to
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#all[middle] ?? 0) < number) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** The parts of an id; no number unless the id is exactly made of them. */
function split(intentId: string): { readonly prefix: string; readonly number: number | undefined } {
  const dash = intentId.lastIndexOf('-')
  const number = Number(intentId.slice(dash + 1))
  const prefix = intentId.slice(0, dash)
  const isExact = dash > 0 && Number.isSafeInteger(number) && number >= 0 && intentId === `${prefix}-${number}`
  return { prefix, number: isExact ? number : undefined }
}
