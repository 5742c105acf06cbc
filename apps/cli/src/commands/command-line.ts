import { parseIsoTimeMs } from '@triplane/kernel'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { Edges } from '../edges.ts'

/** What every command gets: the edges, and a place for the exit code of a run that did not throw. */
export interface CommandLine {
  readonly edges: Edges
  readonly program: Command
  /** A problem was found and reported: exit code 1. */
  fail(message: string): void
}

/** Prints a result, as JSON if requested, otherwise as text. */
export function show(line: CommandLine, json: boolean | undefined, value: unknown, text: () => string): void {
  line.edges.out.write(json === true ? `${JSON.stringify(value, undefined, 2)}\n` : text())
}

export const jsonOption = () => new Option('--json', 'print JSON')

export const tokenFileOption = () => new Option('--token-file <file>', "file with the operator's token")

/** Reads a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
    return number
  }
}

/** Reads a time as microseconds. */
export function parseTime(text: string): number {
  const ms = parseIsoTimeMs(text)
  if (ms === undefined) throw new InvalidArgumentError('Expected an ISO 8601 time such as 2024-08-08T14:30Z.')
  return ms * 1000
}
