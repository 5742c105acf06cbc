import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard'

/** Grafana's standard transformations, in the form that dashboards save. */
export const transform = {
  /** Drops fields. */
  without: (...names: string[]): DataTransformerConfig => ({
    id: 'filterFieldsByName',
    options: { exclude: { names } },
  }),
  /** Merges several tables: rows that agree in all common fields become one, others stay. */
  merge: (): DataTransformerConfig => ({ id: 'merge', options: {} }),
  /** Joins several tables side by side where they agree in a field. */
  join: (byField: string): DataTransformerConfig => ({ id: 'joinByField', options: { byField, mode: 'outer' } }),
  /** Renames and orders fields; an empty name drops one. */
  rename: (names: Readonly<Record<string, string>>): DataTransformerConfig => {
    const kept = Object.entries(names).filter(([, name]) => name !== '')
    const dropped = Object.entries(names).filter(([, name]) => name === '')
    return {
      id: 'organize',
      options: {
        renameByName: Object.fromEntries(kept),
        excludeByName: Object.fromEntries(dropped.map(([name]) => [name, true])),
        indexByName: Object.fromEntries(kept.map(([name], index) => [name, index])),
        includeByName: {},
      },
    }
  },
  sort: (field: string, desc = false): DataTransformerConfig => ({
    id: 'sortBy',
    options: { fields: {}, sort: [{ field, desc }] },
  }),
  /** Converts a field to another type. */
  convert: (targetField: string, destinationType: 'time' | 'number'): DataTransformerConfig => ({
    id: 'convertFieldType',
    options: { fields: {}, conversions: [{ targetField, destinationType }] },
  }),
  /** Uses the query `refId` only: a row for each value of one field, a column for each value of another. */
  matrix: (
    refId: string,
    fields: { readonly columnField: string; readonly rowField: string; readonly valueField: string },
  ): DataTransformerConfig => ({
    id: 'groupingToMatrix',
    filter: { id: 'byRefId', options: refId },
    options: fields,
  }),
}
