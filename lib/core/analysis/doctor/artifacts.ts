import { lackOf } from '../stage/weights-files';
import type { Facts, Finding, Needs, WeightsFact } from './facts';
import { unknown } from './unknown';

export interface S3Place {
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}

/** `s3://bucket/prefix` -> its parts; undefined when it is not written so. */
export function s3Place(uri: string): S3Place | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(uri) ?? [];
  if (bucket === undefined) return undefined;
  return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

export interface RegistryPlace {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** A tag, or a digest with its `sha256:`. */
  readonly reference: string;
}

/** The parts of an image's address in private ECR; undefined for any other registry. */
export function registryPlace(image: string): RegistryPlace | undefined {
  const match =
    /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      image,
    );
  const [, account, region, repository, tag, digest] = match ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return { account, region, repository, reference: digest ?? tag ?? 'latest' };
}

export function judgeWeights({ weights, region, residency }: Needs, facts: Facts): Finding[] {
  return weights.map((uri) => {
    const about = { check: 'weights', subject: uri } as const;
    const fact = facts.weights[uri];
    if (!fact?.known) return unknown(about, fact, 's3:ListBucket');
    return { ...about, ...judgePlace(uri, fact.value, region, residency) };
  });
}

function judgePlace(
  uri: string,
  { region: bucketRegion, names, bytes }: WeightsFact,
  region: string,
  residency: boolean,
): Omit<Finding, 'check' | 'subject'> {
  const stage = `tierwise stage weights --from FOLDER --to ${uri}`;
  if (bucketRegion === undefined)
    return { verdict: 'fail', evidence: 'no such bucket that we may read', remedy: `make the bucket, then: ${stage}` };
  if (bucketRegion !== region)
    return {
      // Over an endpoint a bucket is reached in its own region alone; elsewhere it is only slow and paid for.
      verdict: residency ? 'fail' : 'warn',
      evidence: `the bucket is in ${bucketRegion}, the stack in ${region}`,
      remedy: `copy the weights to a bucket in ${region}`,
    };
  const missing = lackOf(names);
  const evidence = `${names.length} objects, ${(bytes / 1e9).toFixed(1)} GB`;
  if (missing.length === 0) return { verdict: 'pass', evidence };
  return { verdict: 'fail', evidence: `${evidence}; missing: ${missing.join(', ')}`, remedy: stage };
}

export function judgeImages(needs: Needs, facts: Facts): Finding[] {
  return needs.images.map((image) => {
    const about = { check: 'image', subject: image } as const;
    const place = registryPlace(image);
    const { account } = facts.identity;
    if (place === undefined || place.region !== needs.region || place.account !== account)
      return { ...about, ...judgeElsewhere(place, needs) };
    const fact = facts.images[image];
    if (!fact?.known) return unknown(about, fact, 'ecr:DescribeImages');
    if (!fact.value.exists)
      return {
        ...about,
        verdict: 'fail',
        evidence: `${place.repository} has no ${place.reference}`,
        remedy: 'bring it there: tierwise stage image --from SOURCE prints the commands',
      };
    const size = fact.value.bytes === undefined ? '' : `, ${(fact.value.bytes / 1e9).toFixed(1)} GB compressed`;
    return { ...about, verdict: 'pass', evidence: `in private ECR${size}` };
  });
}

function judgeElsewhere(
  place: RegistryPlace | undefined,
  { region, residency }: Needs,
): Omit<Finding, 'check' | 'subject'> {
  const evidence =
    place === undefined ? 'not in private ECR' : `in the private ECR of ${place.account} in ${place.region}`;
  if (residency && place?.region !== region)
    return {
      verdict: 'fail',
      evidence: `${evidence}, and a network without a way out reaches only private ECR in ${region}`,
      remedy: `bring it there: tierwise stage image --from IMAGE --region ${region} prints the commands`,
    };
  return {
    verdict: 'warn',
    evidence: `${evidence}, so it was not looked at`,
    remedy: residency
      ? "make sure that it is of the AWS Deep Learning Containers: of other accounts' registries nothing is let through"
      : 'make sure that it can be pulled',
  };
}
