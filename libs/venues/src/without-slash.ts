/** A base URL to which a path can be joined, however it was set. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}
