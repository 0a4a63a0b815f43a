import { ownValue } from '../../telemetry/own-value';
import type { Place, Rollup } from '../../telemetry/rollup/rollup';
import type { Policy, Task, Tier } from '../../types-policy';
import { mayTravel } from '../project/may-travel';

/** Calls that carried a customer's prompts to one place, and what the policy in force says of such a place. */
export interface PlaceEvidence {
  readonly tier: string;
  readonly location: string;
  /** Of a tier that the policy still has there; null where the location is no geography, or nobody knows which. */
  readonly geography: string | null;
  /** Null: the host does not say. */
  readonly retentionDays: number | null;
  readonly calls: number;
  /** UTC dates. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** `some-tasks`: the sums do not say of which task a call was, and the policy lets some travel there and others not. */
  readonly verdict: 'allowed' | 'some-tasks' | 'outside' | null;
  readonly allowedBy: readonly string[];
  readonly notAllowedBy: readonly string[];
}

export interface ResidencyEvidence {
  readonly customer: string;
  readonly policy: { readonly id: string; readonly version: string } | null;
  /** What each task of the policy allows. */
  readonly tasks: readonly {
    readonly task: string;
    readonly residency: string;
    readonly maxRetentionDays: number | null;
  }[];
  readonly calls: number;
  readonly places: readonly PlaceEvidence[];
  /** Calls to places that no task allows; null without a policy to hold them against. */
  readonly outsideCalls: number | null;
  readonly statement: string;
}

interface Seen {
  readonly place: Place;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly calls: number;
}

/** Gathers evidence from stretches of time, in any order. */
export class ResidencyEvidenceCollector {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly customer: string) {}

  /** `from`: beginning of the stretch, an ISO date or more of it. */
  add(from: string, { places }: Pick<Rollup, 'places'>): void {
    const day = from.slice(0, 10);
    for (const place of ownValue(places, this.customer) ?? []) {
      const key = JSON.stringify([place.tier, place.location, place.retentionDays ?? null]);
      const known = this.seen.get(key);
      this.seen.set(key, {
        place,
        firstDay: known === undefined || day < known.firstDay ? day : known.firstDay,
        lastDay: known === undefined || day > known.lastDay ? day : known.lastDay,
        calls: (known?.calls ?? 0) + place.calls,
      });
    }
  }

  evidence(policy: Policy | undefined): ResidencyEvidence {
    const places = [...this.seen.values()].map((seen) => evidenceOf(seen, policy)).sort(compare);
    const outsideCalls = policy === undefined ? null : callsOf(places.filter(({ verdict }) => verdict === 'outside'));
    return {
      customer: this.customer,
      policy: policy === undefined ? null : { id: policy.id, version: policy.version },
      tasks: Object.values(policy?.tasks ?? {}).map(({ id, residency, maxRetentionDays }) => ({
        task: id,
        residency,
        maxRetentionDays: maxRetentionDays ?? null,
      })),
      calls: callsOf(places),
      places,
      outsideCalls,
      statement: statementOf(this.customer, places, policy),
    };
  }
}

function evidenceOf({ place, ...seen }: Seen, policy: Policy | undefined): PlaceEvidence {
  const { tier, location, retentionDays } = place;
  const geography = geographyOf(place, policy);
  const tasks = Object.values(policy?.tasks ?? {});
  const allowed = tasks.filter((task) => policy !== undefined && admits(policy, task, place, geography));
  const notAllowed = tasks.filter((task) => !allowed.includes(task));
  return {
    tier,
    location,
    geography,
    retentionDays: retentionDays ?? null,
    ...seen,
    verdict:
      policy === undefined
        ? null
        : notAllowed.length === 0
          ? 'allowed'
          : allowed.length === 0
            ? 'outside'
            : 'some-tasks',
    allowedBy: allowed.map(({ id }) => id),
    notAllowedBy: notAllowed.map(({ id }) => id),
  };
}

/** A record says how far a prompt travelled, and the policy which geography that was, as long as the tier has not moved. */
function geographyOf({ tier, location }: Place, policy: Policy | undefined): string | null {
  if (location !== 'geography' || policy === undefined) return null;
  const now = ownValue(policy.tiers, tier);
  return now?.location === location ? (now.geography ?? null) : null;
}

/** As the guards of a request judge a tier that stands there. A geography nobody can name is not the policy's own. */
function admits(
  policy: Policy,
  task: Task,
  { tier, location, retentionDays }: Place,
  geography: string | null,
): boolean {
  const there = {
    id: tier,
    location,
    ...(geography !== null && { geography }),
    ...(retentionDays !== undefined && { retentionDays }),
  };
  return mayTravel(policy, task, there as Tier);
}

function callsOf(places: readonly PlaceEvidence[]): number {
  return places.reduce((sum, { calls }) => sum + calls, 0);
}

const ORDER = ['outside', 'some-tasks', 'allowed', null] as const;

function compare(one: PlaceEvidence, other: PlaceEvidence): number {
  return ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict) || other.calls - one.calls;
}

function statementOf(customer: string, places: readonly PlaceEvidence[], policy: Policy | undefined): string {
  if (places.length === 0) return `No prompt of ${customer} went anywhere in this period.`;
  if (policy === undefined)
    return 'No policy is in force in this store, so there is nothing to hold these places against.';
  const against = `policy ${policy.id}, version ${policy.version}`;
  const outside = callsOf(places.filter(({ verdict }) => verdict === 'outside'));
  const some = callsOf(places.filter(({ verdict }) => verdict === 'some-tasks'));
  if (outside > 0)
    return `${outside} of ${callsOf(places)} calls went where no task of ${against} allows a prompt to go.`;
  if (some > 0)
    return `No call went where no task of ${against} allows it; ${some} of ${callsOf(places)} went where only some tasks do, and each of those requests was held to its own task when it was served.`;
  return `All ${callsOf(places)} calls went where every task of ${against} allows.`;
}
