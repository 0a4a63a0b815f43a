import { registryPlace, s3Place } from '../../lib/core/analysis/doctor/artifacts';
import type { Fact, Facts, Identity, Needs } from '../../lib/core/analysis/doctor/facts';
import { quotasNeeded } from '../../lib/core/analysis/doctor/gpus';
import type { DoctorAws } from './aws';

/** Asks everything at once. A question that gets no answer is a fact too: it says why. */
export async function gatherFacts(aws: DoctorAws, identity: Identity, needs: Needs): Promise<Facts> {
  const instances = [...new Set(needs.gpus.map(({ instance }) => instance))];
  const names = [...new Set(needs.secrets.map(({ name }) => name))];
  const own = needs.images.filter((image) => {
    const place = registryPlace(image);
    return place?.account === identity.account && place.region === needs.region;
  });
  const [bootstrap, quotas, found, models, secrets, weights, images] = await Promise.all([
    asked(() => aws.bootstrapVersion()),
    byKey(
      quotasNeeded(needs),
      ({ family }) => family,
      ({ code }) => aws.quota(code),
    ),
    byKey(instances, String, (instance) => aws.instance(instance)),
    byKey(
      needs.models,
      ({ tier }) => tier,
      ({ id, region }) => aws.model(id, region),
    ),
    byKey(names, String, (name) => aws.secret(name)),
    byKey(needs.weights, String, (uri) => aws.weights(required(s3Place(uri), uri))),
    byKey(own, String, (uri) => aws.image(required(registryPlace(uri), uri))),
  ]);
  return { identity, bootstrap, quotas, instances: found, models, secrets, weights, images };
}

async function byKey<T, V>(
  things: readonly T[],
  keyOf: (thing: T) => string,
  ask: (thing: T) => Promise<V>,
): Promise<Record<string, Fact<V>>> {
  return Object.fromEntries(
    await Promise.all(things.map(async (thing) => [keyOf(thing), await asked(() => ask(thing))] as const)),
  );
}

async function asked<T>(ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await ask() };
  } catch (error) {
    return { known: false, reason: reasonOf(error) };
  }
}

/** What AWS said went wrong: the name it has for it, and its sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error.message.startsWith(error.name)
    ? error.message
    : `${error.name}: ${error.message}`;
}

function required<T>(place: T | undefined, written: string): T {
  if (place === undefined) throw new Error(`${written} cannot be read`);
  return place;
}
