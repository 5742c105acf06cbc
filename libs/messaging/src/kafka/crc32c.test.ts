import { crc32c } from './crc32c.ts'

const of = (bytes: Uint8Array, from = 0, to = bytes.length) => crc32c(bytes, from, to).toString(16).padStart(8, '0')

describe('CRC-32C', () => {
  // The vectors of RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  it.each([
    ['nothing', Buffer.alloc(0), '00000000'],
    ['the digits', Buffer.from('123456789'), 'e3069283'],
    ['32 zeros', Buffer.alloc(32), '8a9136aa'],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), '62a8ab43'],
    ['32 bytes that count', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), '46dd794e'],
    ['32 bytes that count down', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), '113fdb5c'],
  ])('is that of %s', (_what, bytes, expected) => {
    expect(of(bytes)).toBe(expected)
  })

  it('is of the bytes that it is told, wherever they lie', () => {
    const bytes = Buffer.from('-----123456789--')
    expect(of(bytes, 5, 14)).toBe('e3069283')
  })
})
