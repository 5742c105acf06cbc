import type { SyntaxNode } from '@lezer/common'
import {
  children,
  parseExpression,
  selectorOf,
  textOf,
  type Matcher,
  type PromqlSyntaxError,
} from './parse-expression.ts'

/** A metric that expressions may name. */
export interface KnownMetric {
  readonly name: string
  /** Decides the valid operations: `rate()` of a gauge is an error. A recorded series may be either. */
  readonly type: 'counter' | 'gauge' | 'recorded'
  /** Its labels, with their values where these are a closed list. */
  readonly labels: ReadonlyMap<string, readonly string[] | undefined>
}

export type KnownMetrics = ReadonlyMap<string, KnownMetric>

/** An unknown name in an expression, or a matcher that can never match. */
export type ExpressionProblem =
  | PromqlSyntaxError
  | {
      readonly code:
        'unnamed_selector' | 'unknown_metric' | 'unknown_label' | 'unknown_value' | 'wrong_type' | 'never_matches'
      /** Position in characters, from 1. */
      readonly position: number
      readonly message: string
    }

export interface CheckedExpression {
  /** Empty: every metric, label and closed value is known. */
  readonly problems: readonly ExpressionProblem[]
  /** The labels that the result may carry; undefined for a number or a text. */
  readonly labels: ReadonlySet<string> | undefined
}

/** The result of a node: its labels, or undefined for a number or a text. */
type Labels = ReadonlySet<string> | undefined

/** Functions that take a vector and return one number, or make a vector of one. */
const WITHOUT_LABELS = ['Scalar', 'Vector', 'Time', 'Pi', 'StartFn', 'EndFn', 'Range', 'Step']
/** Functions that read a range as a number that only increases. */
const OF_COUNTERS = ['Rate', 'Irate', 'Increase', 'Resets']
const SET_OPERATORS = ['And', 'Unless', 'Or']

/** Reports every part of an expression that is not among `known`, and the labels of its result. */
export function checkExpression(text: string, known: KnownMetrics): CheckedExpression {
  const parsed = parseExpression(text)
  if (!parsed.ok) return { problems: [parsed.error], labels: undefined }
  const checker = new Checker(text, known)
  return { labels: checker.visit(parsed.value.root), problems: checker.problems }
}

/** Walks the tree from the leaves up: the labels of a node follow from those of its operands. */
class Checker {
  readonly problems: ExpressionProblem[] = []
  readonly #text: string
  readonly #known: KnownMetrics

  constructor(text: string, known: KnownMetrics) {
    this.#text = text
    this.#known = known
  }

  visit(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selector(node)
      case 'AggregateExpr':
        return this.#aggregate(node)
      case 'BinaryExpr':
        return this.#binary(node)
      case 'FunctionCall':
        return this.#call(node)
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return undefined
      default:
        // A wrapper: parentheses, a sign, a range, an offset.
        return this.#operands(node)[0]
    }
  }

  #operands(node: SyntaxNode): Labels[] {
    return children(node)
      .filter(isExpression)
      .map((child) => this.visit(child))
  }

  #selector(node: SyntaxNode): Labels {
    const { metric: name, matchers } = selectorOf(node, this.#text)
    if (name === undefined) {
      this.#report('unnamed_selector', node, `Expected a selector that names a metric, was ${textOf(node, this.#text)}`)
      return new Set()
    }
    const metric = this.#known.get(name)
    if (!metric) {
      this.#report('unknown_metric', node, `Expected a known metric, was ${name}`)
      return new Set(matchers.map(({ label }) => label))
    }
    for (const matcher of matchers) this.#matcher(node, metric, matcher)
    return new Set(metric.labels.keys())
  }

  #matcher(node: SyntaxNode, { name, labels }: KnownMetric, { label, op, value }: Matcher): void {
    if (!labels.has(label)) {
      this.#report('unknown_label', node, `Expected a label of ${name} (${list(labels.keys())}), was ${label}`)
    }
    const values = labels.get(label)
    if (!values || value === '') return
    const matches = op.endsWith('~')
      ? values.some((one) => new RegExp(`^(?:${value})$`).test(one))
      : values.includes(value)
    if (!matches) {
      this.#report('unknown_value', node, `Expected a value of ${name}'s ${label} (${list(values)}), was ${value}`)
    }
  }

  #aggregate(node: SyntaxNode): Labels {
    const body = node.getChild('FunctionCallBody')
    const modifier = node.getChild('AggregateModifier')
    const operands = body ? children(body) : []
    const operand = operands.map((child) => this.visit(child)).at(-1) ?? new Set<string>()
    const listed = modifier ? this.#grouping(modifier, [operand]) : []
    const operator = node.getChild('AggregateOp')?.firstChild?.name
    const keepsLabels = ['Topk', 'Bottomk', 'LimitK', 'LimitRatio'].includes(operator ?? '')
    if (keepsLabels) return operand
    const kept = modifier?.getChild('Without') ? [...operand].filter((label) => !listed.includes(label)) : listed
    const counted = operator === 'CountValues' && operands[0] ? [textOf(operands[0], this.#text)] : []
    return new Set([...kept, ...counted])
  }

  #binary(node: SyntaxNode): Labels {
    const [left, right] = this.#operands(node)
    if (!left || !right) return left ?? right
    const modifier = node.getChild('MatchingModifierClause')
    const operator = children(node).find((child) => !isExpression(child))?.name ?? ''
    const isOn = modifier?.getChild('On') !== undefined && modifier?.getChild('On') !== null
    const matching = modifier ? this.#grouping(modifier, isOn ? [left, right] : [union(left, right)]) : []
    if (operator === 'Or') return union(left, right)
    const without = (labels: ReadonlySet<string>) => new Set([...labels].filter((label) => !matching.includes(label)))
    if (!isOn && !sameMembers(without(left), without(right))) {
      const sides = `${list(without(left))} and ${list(without(right))}`
      this.#report('never_matches', node, `Expected both sides to have the same labels, were ${sides}`)
    }
    if (SET_OPERATORS.includes(operator)) return left
    const isGroupLeft = modifier?.getChild('GroupLeft')
    const isGroupRight = modifier?.getChild('GroupRight')
    if (modifier && (isGroupLeft ?? isGroupRight)) {
      const [many, one] = isGroupLeft ? [left, right] : [right, left]
      return new Set([...many, ...this.#grouping(modifier, [one], 1)])
    }
    if (!modifier) return left
    return isOn ? new Set(matching) : without(left)
  }

  #call(node: SyntaxNode): Labels {
    const name = node.getChild('FunctionIdentifier')?.firstChild?.name ?? ''
    const body = node.getChild('FunctionCallBody')
    const operands = body ? children(body) : []
    const values = operands.map((child) => this.visit(child))
    const vector = values.find((labels) => labels !== undefined) ?? new Set<string>()
    const texts = operands.filter((child) => child.name === 'StringLiteral').map((child) => textOf(child, this.#text))
    if (OF_COUNTERS.includes(name)) this.#counter(node, name)
    if (WITHOUT_LABELS.includes(name)) return name === 'Vector' ? new Set() : undefined
    if (name === 'Absent' || name === 'AbsentOverTime') return this.#absent(node)
    if (name === 'HistogramQuantile') return new Set([...vector].filter((label) => label !== 'le'))
    if (name === 'LabelReplace' || name === 'LabelJoin') {
      const sources = name === 'LabelReplace' ? texts.slice(2, 3) : texts.slice(2)
      this.#listed(
        node,
        sources.filter((source) => source !== ''),
        vector,
      )
      return new Set([...vector, ...texts.slice(0, 1)])
    }
    return vector
  }

  #counter(node: SyntaxNode, name: string): void {
    const selector = node.getChild('FunctionCallBody')?.getChild('MatrixSelector')?.getChild('VectorSelector')
    const metric = selector ? selectorOf(selector, this.#text).metric : undefined
    if (metric === undefined || this.#known.get(metric)?.type !== 'gauge') return
    this.#report('wrong_type', node, `Expected a counter in ${name.toLowerCase()}(), was the gauge ${metric}`)
  }

  /** An absent series has the labels that were requested: `absent(up{job="x"})` carries the job. */
  #absent(node: SyntaxNode): Labels {
    let inner: SyntaxNode | null = node.getChild('FunctionCallBody')
    while (inner && ['FunctionCallBody', 'ParenExpr', 'MatrixSelector', 'OffsetExpr'].includes(inner.name)) {
      inner = inner.firstChild
    }
    if (inner?.name !== 'VectorSelector') return new Set()
    const { matchers } = selectorOf(inner, this.#text)
    return new Set(matchers.filter(({ op }) => op === '=').map(({ label }) => label))
  }

  /** The labels of the nth list of a modifier: each must be a label of all of `operands`. */
  #grouping(modifier: SyntaxNode, operands: readonly ReadonlySet<string>[], nth = 0): string[] {
    const grouping = modifier.getChildren('GroupingLabels')[nth]
    const labels = grouping ? children(grouping).map((label) => textOf(label, this.#text)) : []
    for (const operand of operands) this.#listed(modifier, labels, operand)
    return labels
  }

  #listed(node: SyntaxNode, labels: readonly string[], operand: ReadonlySet<string>): void {
    for (const label of labels) {
      if (operand.has(label)) continue
      this.#report('unknown_label', node, `Expected a label of the operand (${list(operand)}), was ${label}`)
    }
  }

  #report(code: Exclude<ExpressionProblem['code'], 'syntax'>, { from }: SyntaxNode, message: string): void {
    const position = from + 1
    this.problems.push({ code, position, message: `${message}, at character ${position} of \`${this.#text}\`` })
  }
}

const EXPRESSIONS = [
  ...['AggregateExpr', 'BinaryExpr', 'FunctionCall', 'MatrixSelector', 'NumberDurationLiteral', 'OffsetExpr'],
  ...['AnchoredExpr', 'SmoothedExpr', 'ParenExpr', 'StringLiteral', 'SubqueryExpr', 'UnaryExpr', 'VectorSelector'],
  'StepInvariantExpr',
]

function isExpression({ name }: SyntaxNode): boolean {
  return EXPRESSIONS.includes(name)
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a, ...b])
}

function sameMembers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member))
}

function list(names: Iterable<string>): string {
  return [...names].join(', ') || 'none'
}
