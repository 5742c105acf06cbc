import fc from 'fast-check'
import { checkedRecord, scanRecords } from './checked-records.ts'

const contents = fc.array(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { minLength: 1, maxLength: 8 },
)
const fileOf = (records: readonly Buffer[]) => Buffer.concat(records.map(checkedRecord))

describe('checked records', () => {
  it('gives back what was written', () => {
    fc.assert(fc.property(contents, (records) => expect(scanRecords(fileOf(records))).toEqual(records)))
    expect(scanRecords(Buffer.alloc(0))).toEqual([])
  })

  it('loses the last record only when the file is cut within it', () => {
    fc.assert(
      fc.property(contents, fc.nat(), (records, cut) => {
        const whole = records.slice(0, -1)
        const last = checkedRecord(records.at(-1) as Buffer)
        const torn = last.subarray(0, 1 + (cut % (last.length - 1)))
        expect(scanRecords(Buffer.concat([fileOf(whole), torn]))).toEqual([...whole, undefined])
      }),
    )
  })

  it('loses the one record of which a bit is wrong', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.nat(), (records, which, where) => {
        const broken = which % records.length
        const file = fileOf(records)
        const start = fileOf(records.slice(0, broken)).length
        const bit = where % (8 * checkedRecord(records[broken] as Buffer).length)
        file[start + (bit >> 3)] = (file[start + (bit >> 3)] as number) ^ (1 << (bit & 7))
        expect(scanRecords(file)).toEqual(records.map((record, i) => (i === broken ? undefined : record)))
      }),
    )
  })

  it('passes over what a disk left behind: zeros, a record within a broken one, heads of nothing', () => {
    const record = checkedRecord(Buffer.from('whole'))
    expect(scanRecords(Buffer.concat([record, Buffer.alloc(40)]))).toEqual([Buffer.from('whole'), undefined])
    const head = checkedRecord(Buffer.alloc(100)).subarray(0, 12)
    expect(scanRecords(Buffer.concat([head, record, head]))).toEqual([undefined, Buffer.from('whole'), undefined])
  })
})
