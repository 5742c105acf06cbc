/** A base URL to which a path can be appended, with or without a trailing slash in the setting. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}
