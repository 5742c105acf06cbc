/**
 * Whether a text is a valid strategy name: capital letters and digits, because it is a label and part of ids and setting names.
 */
export function isStrategyName(text: string): boolean {
  return /^[A-Z][A-Z0-9]*$/.test(text)
}
