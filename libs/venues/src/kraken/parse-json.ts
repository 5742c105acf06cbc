/** A text, or a number to keep; a number in the place of a key is not JSON, and stays invalid. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?!\s*:)/g

/**
 * Parses JSON, with every number of a message of the protocol v2 as the text sent: its checksums cover the digits, and 0.10 is
 * not 0.1 there (docs.kraken.com, "Book checksum (WebSocket v2)": "parse `price` and `qty` using a decimal or string decoder").
 * Messages of v2 are objects; market messages of v1 are arrays of texts, and are parsed unchanged. Throws for text that is not
 * JSON.
 */
export function parseJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return JSON.parse(text)
  return JSON.parse(
    text.replace(TOKEN, (token, number: string | undefined) => (number === undefined ? token : `"${number}"`)),
  )
}
