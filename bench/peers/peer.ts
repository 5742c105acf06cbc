/**
 * Imports a library that is installed in bench/ only. Its shape is stated by the caller, so that the repository
 * type-checks without it.
 */
export async function importPeer<Shape>(name: string): Promise<Shape> {
  return (await import(name)) as Shape
}
