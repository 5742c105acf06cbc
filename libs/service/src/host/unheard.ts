import { US_PER_SECOND } from '@triplane/kernel'

/** As many events in a row as are no chance. */
const IN_A_ROW = 3
/** What is said may take effect later than what follows it, but not by more. */
const NEWER_BY_US = US_PER_SECOND

/** What a producer says on a topic. */
interface Voice {
  /** The newest effect time taken. */
  newestUs: number
  /** How many newer events were dropped since. */
  dropped: number
}

/**
 * Notices that a producer is not heard: a forged record in its name, of a sequence that is far ahead, makes duplicates of all that it
 * says next. What a restart repeats is no newer than what was taken; what is dropped by mistake is.
 */
export class Unheard {
  readonly #startUs: number
  readonly #voices = new Map<string, Voice>()
  #unheard: readonly string[] = []
  #isNews = false

  /** `startUs` is the market time up to which an earlier process had taken everything; 0 for a new run. */
  constructor(startUs: number) {
    this.#startUs = startUs
  }

  /** Notes an event that was taken. */
  noteTaken(producer: string, topic: string, timeUs: number): void {
    const voice = this.#voiceOf(producer, topic)
    if (timeUs > voice.newestUs) voice.newestUs = timeUs
    if (voice.dropped >= IN_A_ROW) this.#say(this.#unheard.filter((name) => name !== nameOf(producer, topic)))
    voice.dropped = 0
  }

  /** Notes an event that was dropped as a duplicate. */
  noteDropped(producer: string, topic: string, timeUs: number): void {
    const voice = this.#voiceOf(producer, topic)
    if (timeUs <= voice.newestUs + NEWER_BY_US) return
    if (++voice.dropped === IN_A_ROW) this.#say([...this.#unheard, nameOf(producer, topic)])
  }

  /** The producers that are not heard, each `<producer> on <topic>`, when they are others than at the last call. */
  news(): readonly string[] | undefined {
    if (!this.#isNews) return undefined
    this.#isNews = false
    return this.#unheard
  }

  #voiceOf(producer: string, topic: string): Voice {
    const name = nameOf(producer, topic)
    let voice = this.#voices.get(name)
    if (voice === undefined) this.#voices.set(name, (voice = { newestUs: this.#startUs, dropped: 0 }))
    return voice
  }

  #say(unheard: readonly string[]): void {
    this.#unheard = unheard
    this.#isNews = true
  }
}

const nameOf = (producer: string, topic: string) => `${producer} on ${topic}`
