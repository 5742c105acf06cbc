/** The planes, with the one spelling used by code, topics and processes. */
export const planeNames = ['data-plane', 'strategy-plane', 'order-plane'] as const
export type PlaneName = (typeof planeNames)[number]

/** A name as labels, logs and metrics spell it: `data_plane` for `data-plane`. */
type LabelOf<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}_${LabelOf<Tail>}` : Name

/** The name of a plane or of another service as labels spell it. */
export function labelOf<const Name extends string>(name: Name): LabelOf<Name> {
  return name.replaceAll('-', '_') as LabelOf<Name>
}

/** The name of a plane in heartbeats: `data` for `data-plane`. */
type StageOf<Name extends PlaneName> = Name extends `${infer Head}-plane` ? Head : never
export type Stage = StageOf<PlaneName>

/** The stage in a plane's heartbeats. */
export function stageOf<const Name extends PlaneName>(name: Name): StageOf<Name> {
  return name.slice(0, -'-plane'.length) as StageOf<Name>
}

/** The name of one of several planes of a kind, `data-plane.kraken`; a single one has the plane's own name. */
export function instanceName(name: PlaneName, instance: string | undefined): string {
  return instance === undefined ? name : `${name}.${instance}`
}
