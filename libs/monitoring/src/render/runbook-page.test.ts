import { runbookPage } from './runbook-page.ts'

describe('a runbook as a page', () => {
  const page = runbookPage(
    'FeedDown',
    '# FeedDown\n\nSee [the halt](TradingHalted.md#fix), [Kafka](https://kafka.apache.org/a.md).\n\n```promql\ncrypto_price{type="last"} > {{ .Value }}\n```\n\n| a | b |\n|---|---|\n| `{{x}}` | 1 |\n',
  )

  it('has its name as title and its text as HTML', () => {
    expect(page).toContain('<title>FeedDown</title>')
    expect(page).toContain('<h1>FeedDown</h1>')
    expect(page).toContain('<th>a</th>')
  })

  it('links to the pages of other runbooks', () => {
    expect(page).toContain('<a href="TradingHalted.html#fix">')
    expect(page).toContain('<a href="https://kafka.apache.org/a.md">')
  })

  it('has nothing that a template would interpret', () => {
    expect(page).not.toContain('{{')
    expect(page).toContain('crypto_price&#123;type=&quot;last&quot;} &gt; &#123;&#123; .Value }}')
  })
})
