import type { AccountOpening, OperatorCommand, PlaneName, Tuning } from '@triplane/contracts'
import { controlRefusals, createHaltFile } from '@triplane/control'
import type { Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import type { Bus } from '@triplane/messaging'
import { Edge, OperatorControl, simulatedAccount } from '@triplane/service'
import type { StandaloneConfig } from './config.ts'
import type { PlaneMetrics, Planes } from './planes.ts'

export interface OperatorsOptions {
  readonly config: Pick<StandaloneConfig, 'operator' | 'audit'>
  /** The folder of this run's halt file and of its queued audit rows. */
  readonly folder: string
  /** Starts with a halt in force, as if an operator had ordered it. */
  readonly beginsHalted: boolean
  readonly planes: Planes
  readonly bus: Bus
  readonly runId: string
  readonly metrics: PlaneMetrics
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Operators' commands to the order plane of this process, as the service accepts them. A command is an input of the instant
 * after the open one, which it closes: so it is in force when it is answered, and both planes get it at the same market time.
 */
export async function openOperators(options: OperatorsOptions): Promise<OperatorControl> {
  const { config, folder, beginsHalted, planes, bus, runId, metrics, clock, logger } = options
  for (const reason of controlRefusals) metrics.order.stageRefused.of({ stage: 'control', reason })
  if (beginsHalted)
    await createHaltFile(folder, 'order-plane' satisfies PlaneName).write({
      state: 'halted',
      who: 'command line',
      why: 'begun with --halted',
      atUs: clock.nowUs(),
    })
  const operators = await OperatorControl.open({
    config: { ...config, state: { folder } },
    logger: logger.child('control'),
    clock,
    onRefused: (reason) => metrics.order.stageRefused.inc({ stage: 'control', reason }),
  })
  const account = simulatedAccount(runId)
  const name = 'order-plane.edge'
  const producer = bus.producer({ name, runId })
  // The bus belongs to this process: no earlier process has published on it.
  const edge = new Edge({ name, stage: 'order', producer, run: { account }, lastSeq: clock.nowUs(), clock })
  function tell(event: OperatorCommand | Tuning | AccountOpening): void {
    edge.control(event)
    planes.lockstep.closeBefore(event.effectUs + 1)
  }
  operators.attach({
    edge: {
      name,
      nextSeq: () => edge.nextSeq(),
      auditLink: (link) => edge.auditLink(link),
      // The strategy plane has already been notified of commands enforced here.
      control: (event) => event.type === 'tuning' && tell(event),
    },
    account,
    runId,
    // Before the first item there is no market time: a command given then precedes everything.
    marketUs: () => (planes.lockstep.nowUs ?? -1) + 1,
    tradingState: () => planes.order.core.view().tradingState,
    stateAfter: (command) => planes.order.core.stateAfter(command),
    wouldOpen: (opening) => planes.order.core.account.wouldOpen(opening),
    inject: (_producer, command) => tell(command),
  })
  return operators
}
