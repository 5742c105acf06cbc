import type { SyntaxNode } from '@lezer/common'
import { err, ok, type Result } from '@triplane/kernel'
import { children, parseExpression, textOf } from '../promql/parse-expression.ts'

/** The result of a PromQL expression: a vector of series at an instant, a range of samples, one number, a text. */
type ExpressionType = 'vector' | 'range' | 'number' | 'text'

const OF_RANGE = /^(rate|irate|increase|delta|idelta|deriv|resets|changes|[a-z]+_over_time|ts_of_[a-z]+_over_time)$/
const OF_TIME = /^(hour|minute|month|year|day_of_(month|week|year)|days_in_month)$/

/** Parameters of functions, unless they take one vector: v, r, n, t by type, `?` is optional, `*` may repeat. */
const parameters: Readonly<Record<string, string>> = {
  clamp: 'v n n',
  clamp_max: 'v n',
  clamp_min: 'v n',
  double_exponential_smoothing: 'r n n',
  histogram_fraction: 'n n v',
  histogram_quantile: 'n v',
  holt_winters: 'r n n',
  info: 'v v?',
  label_join: 'v t t t*',
  label_replace: 'v t t t t',
  pi: '',
  predict_linear: 'r n',
  quantile_over_time: 'n r',
  round: 'v n?',
  sort_by_label: 'v t*',
  sort_by_label_desc: 'v t*',
  time: '',
  vector: 'n',
}
const NUMBERS = ['time', 'pi', 'scalar']
const types: Readonly<Record<string, ExpressionType>> = { v: 'vector', r: 'range', n: 'number', t: 'text' }

class TypeFault extends Error {}

/**
 * The type of a rule's expression, a vector or a number. Refuses what Prometheus refuses: invalid syntax, and operands of the
 * wrong type, such as a `rate()` without a range.
 */
export function ruleExpressionType(text: string): Result<'vector' | 'number', string> {
  const parsed = parseExpression(text)
  if (!parsed.ok) return err(`${parsed.error.found} at character ${parsed.error.position}`)
  try {
    const type = typeOf(parsed.value.root, text)
    return type === 'vector' || type === 'number' ? ok(type) : err(`a ${type}, not a vector or a number`)
  } catch (error) {
    if (error instanceof TypeFault) return err(error.message)
    throw error
  }
}

function typeOf(node: SyntaxNode, text: string): ExpressionType {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return 'number'
    case 'StringLiteral':
      return 'text'
    case 'MatrixSelector':
      return 'range'
    case 'SubqueryExpr':
      expectType(node.firstChild, 'vector', 'a subquery', text)
      return 'range'
    case 'AggregateExpr':
      expectType(node.getChild('FunctionCallBody')?.lastChild, 'vector', 'an aggregation', text)
      return 'vector'
    case 'BinaryExpr':
      return binaryType(node, text)
    case 'FunctionCall':
      return callType(node, text)
    case 'ParenExpr':
    case 'UnaryExpr':
    case 'OffsetExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr':
    case 'StepInvariantExpr': {
      const inner = children(node).find(({ name }) => name !== 'UnaryOp')
      return inner ? typeOf(inner, text) : 'vector'
    }
    default:
      return 'vector'
  }
}

function binaryType(node: SyntaxNode, text: string): ExpressionType {
  const operands = [node.firstChild, node.lastChild].flatMap((one) => one ?? [])
  const given = operands.map((operand) => typeOf(operand, text))
  const wrong = given.findIndex((type) => type === 'range' || type === 'text')
  if (wrong >= 0) fault(operands[wrong], 'a vector or a number as operand', given[wrong], text)
  if (given.includes('vector')) return 'vector'
  const operator = children(node)[1]
  if (
    operator &&
    ['Eql', 'EqlC', 'Neq', 'Lss', 'Lte', 'Gtr', 'Gte'].includes(operator.name) &&
    !node.getChild('BoolModifier')
  )
    fault(node, '`bool` between two numbers', 'comparison', text)
  return 'number'
}

function callType(node: SyntaxNode, text: string): ExpressionType {
  const identifier = node.getChild('FunctionIdentifier')
  const name = identifier ? textOf(identifier, text) : ''
  const wanted = wantedBy(name)
  const body = node.getChild('FunctionCallBody')
  const given = body ? children(body) : []
  const least = wanted.filter((one) => !/[?*]/.test(one)).length
  const most = wanted.at(-1)?.endsWith('*') ? Infinity : wanted.length
  if (given.length < least || given.length > most)
    fault(node, `${least === most ? least : `${least} or more`} arguments of ${name}()`, `${given.length}`, text)
  given.forEach((argument, i) => {
    const type = types[(wanted[Math.min(i, wanted.length - 1)] ?? 'v').charAt(0)] ?? 'vector'
    expectType(argument, type, `${name}()`, text)
  })
  return NUMBERS.includes(name) ? 'number' : 'vector'
}

function wantedBy(name: string): string[] {
  const listed = parameters[name] ?? (OF_RANGE.test(name) ? 'r' : OF_TIME.test(name) ? 'v?' : 'v')
  return listed.split(' ').filter((one) => one !== '')
}

function expectType(node: SyntaxNode | null | undefined, type: ExpressionType, where: string, text: string): void {
  if (!node) return
  const found = typeOf(node, text)
  if (found !== type) fault(node, `a ${type} in ${where}`, found, text)
}

function fault(node: SyntaxNode | undefined, expected: string, found: string | undefined, text: string): never {
  const shown = node ? text.slice(node.from, node.to) : text
  throw new TypeFault(`\`${shown}\` at character ${(node?.from ?? 0) + 1}, a ${found} where ${expected} should be`)
}
