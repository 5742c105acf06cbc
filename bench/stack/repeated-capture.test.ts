import { copiesOf } from './repeated-capture.ts'

const capture = [
  '1723161255030314667 {"stream":"b@depth@0ms","data":{"e":"depthUpdate","E":1000,"T":999,"U":101,"u":105,"pu":100,"b":[["5.2","0.1"]],"a":[]}}',
  '1723161255040314667 {"stream":"b@trade","data":{"e":"trade","E":1010,"T":1010,"t":7,"p":"5.3","q":"0.6","m":false}}',
  '1723161255045314667 {"lastUpdateId":107,"E":1015,"T":1015,"bids":[["5.2","2"]],"asks":[]}',
  '1723161255050314667 {"stream":"b@trade","data":{"e":"trade","E":1020,"T":1020,"t":9,"p":"5.3","q":"0.6","m":false}}',
  '1723161255061314667 {"stream":"b@depth@0ms","data":{"e":"depthUpdate","E":1031,"T":1031,"U":106,"u":110,"pu":105,"b":[],"a":[]}}',
  '',
].join('\n')

describe('copies of a capture as one feed', () => {
  const [first, second, third] = [...copiesOf(capture, 3)].map((copy) => copy.split('\n'))

  it('begins with the capture as it is', () => {
    expect(first?.join('\n')).toBe(capture)
  })

  it('goes on later, with the ids that follow, and with the same prices', () => {
    expect(second).toEqual([
      '1723161255062314667 {"stream":"b@depth@0ms","data":{"e":"depthUpdate","E":1032,"T":1031,"U":111,"u":115,"pu":110,"b":[["5.2","0.1"]],"a":[]}}',
      '1723161255072314667 {"stream":"b@trade","data":{"e":"trade","E":1042,"T":1042,"t":10,"p":"5.3","q":"0.6","m":false}}',
      '1723161255077314667 {"lastUpdateId":117,"E":1047,"T":1047,"bids":[["5.2","2"]],"asks":[]}',
      '1723161255082314667 {"stream":"b@trade","data":{"e":"trade","E":1052,"T":1052,"t":12,"p":"5.3","q":"0.6","m":false}}',
      '1723161255093314667 {"stream":"b@depth@0ms","data":{"e":"depthUpdate","E":1063,"T":1063,"U":116,"u":120,"pu":115,"b":[],"a":[]}}',
      '',
    ])
    expect(third?.[0]).toMatch(/^1723161255094314667 .*"U":121,"u":125,"pu":120/)
  })
})
