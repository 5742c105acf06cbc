import { describeWithData } from '@triplane/testing'
import { recordedEvents, recordings } from '../../test/recorded-events.ts'
import { createClockOffset } from './clock-offset.ts'
import { createEventValidator } from './event-validator.ts'

const captures = recordings.flatMap((recording) => recording.files.map((file) => ({ file, recording })))

describeWithData('validation of recorded markets', (folder) => {
  it.each(captures)('refuses nothing of $file', ({ file, recording }) => {
    const clock = createClockOffset()
    const validator = createEventValidator({ clock })
    let events = 0
    for (const { line, event } of recordedEvents(folder, { ...recording, files: [file] })) {
      events++
      const refusal = validator.validate(event)
      if (refusal) expect({ line, refusal }).toBeUndefined()
    }
    expect(events).toBeGreaterThan(30_000)
    expect(clock.agreements).toBe(0)
    expect(clock.offsetUs).toBeGreaterThan(-1_280_000)
    expect(clock.offsetUs).toBeLessThan(-1_265_000)
  })
})
