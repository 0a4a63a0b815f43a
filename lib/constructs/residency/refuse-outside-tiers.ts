import type { IConstruct } from 'constructs';
import type { Policy, Task } from '../../core/types-policy';
import { type TierBinding, TierLocation } from '../tiers/tier';

/** Bindings by tier id. */
export type TierBindings = Readonly<Record<string, TierBinding>>;

/** Why each tier that cannot stand in a network without a way out cannot. Empty when all can. */
export function outsideTiers(policy: Policy, bindings: TierBindings): string[] {
  return [...tiersWithoutWay(bindings), ...Object.values(policy.tasks).flatMap((task) => strayTiers(task, bindings))];
}

/** Fails the synthesis of a residency network whose policy sends prompts of a `vpc` task out of the VPC. */
export function refuseOutsideTiers(policy: Policy, bindings: TierBindings, network: IConstruct): void {
  const reasons = outsideTiers(policy, bindings);
  if (reasons.length === 0) return;
  const list = reasons.map((reason) => `  - ${reason}`).join('\n');
  throw new Error(`policy ${policy.id} cannot be served in the residency network ${network.node.path}:\n${list}`);
}

function tiersWithoutWay(bindings: TierBindings): string[] {
  return Object.entries(bindings)
    .filter(([, binding]) => binding.needsEgress === true)
    .map(
      ([id, { provider }]) =>
        `tier ${id} (${provider}) answers outside AWS, and a residency network has no way there. ` +
        `Serve it by a VllmTier or a BedrockTier, leave it out of the policy, or do without the residency network`,
    );
}

function strayTiers(task: Task, bindings: TierBindings): string[] {
  if (task.residency !== 'vpc') return [];
  return tiersOf(task).flatMap(([tier, place]) => {
    const binding = bindings[tier];
    if (binding === undefined || binding.location === TierLocation.VPC) return [];
    return [
      `task ${task.id} keeps its prompts in the VPC (residency: vpc), but its ${place} names tier ${tier}, which sends ` +
        `them ${whereTo(binding)}. Take ${tier} off the ${place}, serve it by a VllmTier, or give ${task.id} a wider residency`,
    ];
  });
}

/** Every tier that may see a prompt of the task, once, with the place of the policy that says so. */
function tiersOf(task: Task): [tier: string, place: string][] {
  const places: [string, string][] = task.ladder.map((tier) => [tier, 'ladder']);
  if (task.classifier) places.push([task.classifier.tier, 'classifier']);
  if (task.embedding) places.push([task.embedding.tier, 'embedding']);
  for (const oracle of task.oracle) {
    if (oracle.kind === 'judge') places.push([oracle.tier, 'judge']);
    if (oracle.kind === 'consistency') for (const id of oracle.tiers ?? []) places.push([id, 'consistency']);
  }
  return [...new Map(places.reverse()).entries()].reverse();
}

function whereTo({ location, geography }: TierBinding): string {
  if (location === TierLocation.REGION) return 'to a service of the region (location: region)';
  if (location === TierLocation.GEOGRAPHY) return `anywhere in ${geography ?? 'a geography'} (location: geography)`;
  return 'anywhere (location: anywhere)';
}
