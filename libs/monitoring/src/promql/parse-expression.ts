import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'
import { err, ok, type Result } from '@triplane/kernel'

/** Why a text is not PromQL. */
export interface PromqlSyntaxError {
  readonly code: 'syntax'
  /** The unreadable part: a few characters of the text, or "the end". */
  readonly found: string
  /** Position in characters, from 1. */
  readonly position: number
  readonly message: string
}

export interface Matcher {
  readonly label: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** One vector selector: `name{label="value"}`. */
export interface Selector {
  /** Undefined when the selector names no metric, or only by a pattern. */
  readonly metric: string | undefined
  readonly matchers: readonly Matcher[]
  /** Position in characters, from 1. */
  readonly position: number
}

/** A parsed expression. */
export interface Expression {
  readonly text: string
  /** Every vector selector, in the order of the text. */
  readonly selectors: readonly Selector[]
  /** The outermost node of the tree, for `checkExpression`. */
  readonly root: SyntaxNode
}

const SHOWN_CHARACTERS = 20

/** Parses a PromQL expression with Prometheus' own grammar. Refuses anything else, Grafana's variables included. */
export function parseExpression(text: string): Result<Expression, PromqlSyntaxError> {
  const top = parser.parse(text).topNode
  const wrong = descendants(top).find(({ type }) => type.isError)
  if (wrong) return err(syntaxError(text, wrong.from))
  const root = children(top).find(({ name }) => name !== 'LineComment')
  if (!root) return err(syntaxError(text, text.length))
  const selectors = [root, ...descendants(root)]
    .filter(({ name }) => name === 'VectorSelector')
    .map((node) => selectorOf(node, text))
  return ok({ text, selectors, root })
}

/** Reads the selector of a `VectorSelector` node. */
export function selectorOf(node: SyntaxNode, text: string): Selector {
  const matchers = descendants(node).flatMap((one) => matcherOf(one, text))
  const named = matchers.find(({ label, op }) => label === '__name__' && op === '=')
  const identifier = node.getChild('Identifier')
  return {
    metric: identifier ? textOf(identifier, text) : named?.value,
    matchers: matchers.filter((matcher) => matcher !== named),
    position: node.from + 1,
  }
}

/** The children of a node, comments excepted. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child)
  return found.filter(({ name }) => name !== 'LineComment')
}

/** The text of a node; for a string, the part between the quotes. */
export function textOf(node: SyntaxNode, text: string): string {
  const raw = text.slice(node.from, node.to)
  const string = node.name === 'StringLiteral' || node.name === 'QuotedLabelName'
  if (!string) return raw
  const inner = raw.slice(1, -1)
  return raw.startsWith('`') ? inner : inner.replace(/\\(.)/g, '$1')
}

function matcherOf(node: SyntaxNode, text: string): Matcher[] {
  const { name, parent } = node
  if (name === 'QuotedLabelName' && parent?.name === 'LabelMatchers') {
    return [{ label: '__name__', op: '=', value: textOf(node, text) }]
  }
  if (name !== 'UnquotedLabelMatcher' && name !== 'QuotedLabelMatcher') return []
  const [label, op, value] = children(node)
  if (!label || !op || !value) return []
  return [{ label: textOf(label, text), op: textOf(op, text) as Matcher['op'], value: textOf(value, text) }]
}

function descendants(node: SyntaxNode): SyntaxNode[] {
  return children(node).flatMap((child) => [child, ...descendants(child)])
}

function syntaxError(text: string, from: number): PromqlSyntaxError {
  // An error node may begin at the white space before the error.
  const start = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0)
  const found = text.slice(start, start + SHOWN_CHARACTERS) || 'the end'
  const position = start + 1
  const message = `Expected a PromQL expression, was \`${text}\`: cannot read ${found} at character ${position}`
  return { code: 'syntax', found, position, message }
}
