import { definitionOf, KNOWN_CODES, type Event } from '@triplane/contracts'

/**
 * The codes of an event that are in no list. Events from our own code must have none: labels and readers know listed codes
 * only.
 */
export function unknownCodesOf(event: Event): string[] {
  return Object.entries(definitionOf[event.type].schema.properties).flatMap(([name, field]) => {
    const known: unknown = field[KNOWN_CODES]
    const value = (event as unknown as Readonly<Record<string, unknown>>)[name]
    if (!Array.isArray(known) || value === undefined || known.includes(value)) return []
    return [`${event.type}/${name}: ${String(value)}`]
  })
}
