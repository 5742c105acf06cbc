import { marked } from 'marked'

const STYLE = `body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a }
code { font-family: ui-monospace, monospace; font-size: 0.9em; background: #f3f3f3; padding: 0 0.2em }
pre { background: #f3f3f3; padding: 0.75rem; overflow-x: auto } pre code { padding: 0 }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: 0.25rem 0.5rem; text-align: left }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } code, pre { background: #222 } a { color: #8ab4f8 } }`

/**
 * A runbook as a page that Prometheus serves as a console: links to other runbooks lead to their pages, and braces are escaped
 * for its templates.
 */
export function runbookPage(name: string, markdown: string): string {
  const body = marked.parse(markdown, { async: false, gfm: true })
  const linked = body.replace(/href="([A-Za-z0-9]+)\.md((?:#[^"]*)?)"/g, 'href="$1.html$2"')
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title>`,
    `<style>${STYLE}</style></head>`,
    `<body>${linked.replaceAll('{', '&#123;')}</body>`,
    '</html>',
    '',
  ].join('\n')
}
