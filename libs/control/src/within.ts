/** What `promise` gives, if it does within `timeoutMs`; else rejects. What it does later is nobody's. */
export async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Expected an end within ${timeoutMs} ms, was none`)), timeoutMs)
    // Nobody stays up to learn that something was late.
    timer.unref()
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
