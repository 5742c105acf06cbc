import { writeSync } from 'node:fs'

const REASON = / ?\[not run: (.+?)\]/

/**
 * A Jest reporter. Ends a run with one line for each suite that could not run on this machine, with the reason from the suite's
 * name (`[not run: <reason>]`), then the counts as one plain line for scripts.
 */
export default class NotRunReporter {
  onRunComplete(_contexts, results) {
    const lines = new Set()
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        const title = [...test.ancestorTitles, test.title].find((name) => REASON.test(name))
        if (test.status === 'pending' && title)
          lines.add(`not run: ${title.replace(REASON, '')}: ${REASON.exec(title)[1]}`)
      }
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    lines.add(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
    // Jest prints its own summary after every other reporter; where it forces the exit, its streams are closed by then.
    process.once('exit', () => writeSync(1, `${[...lines].join('\n')}\n`))
  }
}
