/** A text, or a number, which is kept; a number that stands for a key is no JSON, and stays none. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\s*:)/g

/**
 * Reads JSON, every number of a message of the protocol v2 as the text that was sent: its checksums are over the digits, and 0.10 is not
 * 0.1 there (docs.kraken.com, "Book checksum (WebSocket v2)": "parse `price` and `qty` using a decimal or string decoder"). Messages of
 * v2 are objects; those of v1 about a market are arrays of texts, and are read as they are. Throws for what is not JSON.
 */
export function parseJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return JSON.parse(text)
  return JSON.parse(
    text.replace(TOKEN, (token, number: string | undefined) => (number === undefined ? token : `"${number}"`)),
  )
}
