/** Whether a text can be the name of a strategy: capital letters and digits, for it is a label, part of ids and of its settings' names. */
export function isStrategyName(text: string): boolean {
  return /^[A-Z][A-Z0-9]*$/.test(text)
}
