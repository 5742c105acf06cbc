/** The planes, in the one spelling that code, topics and processes have. */
export const planeNames = ['data-plane', 'strategy-plane', 'order-plane'] as const
export type PlaneName = (typeof planeNames)[number]

/** A name as labels, logs and metrics spell it: `data_plane` for `data-plane`. */
type LabelOf<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}_${LabelOf<Tail>}` : Name

/** The name of a plane or of another service as labels spell it. */
export function labelOf<const Name extends string>(name: Name): LabelOf<Name> {
  return name.replaceAll('-', '_') as LabelOf<Name>
}

/** What heartbeats call a plane: `data` for `data-plane`. */
type StageOf<Name extends PlaneName> = Name extends `${infer Head}-plane` ? Head : never
export type Stage = StageOf<PlaneName>

/** The stage whose heartbeats are a plane's. */
export function stageOf<const Name extends PlaneName>(name: Name): StageOf<Name> {
  return name.slice(0, -'-plane'.length) as StageOf<Name>
}

/** The name of one of several planes of a kind, `data-plane.kraken`; that of the only one is the plane's. */
export function instanceName(name: PlaneName, instance: string | undefined): string {
  return instance === undefined ? name : `${name}.${instance}`
}
