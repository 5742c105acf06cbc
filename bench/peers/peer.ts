/**
 * Imports a library that is installed in bench/ only. The caller states its shape, so that the repository type-checks without
 * it.
 */
export async function importPeer<Shape>(name: string): Promise<Shape> {
  return (await import(name)) as Shape
}
