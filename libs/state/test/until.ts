/** Resolves once `holds` returns true; rejects after 20 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`Expected within 20 s: ${holds.toString()}`)
}
