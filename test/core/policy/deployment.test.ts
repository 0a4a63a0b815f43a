import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { residency as guard } from '../../../lib/core/decision/guards/residency';
import {
  type DeployedTier,
  type Deployment,
  fixedResidency,
  parseDeployment,
  wideningFaults,
} from '../../../lib/core/policy/deployment';
import { describeFault } from '../../../lib/core/policy/fault';
import type { Features } from '../../../lib/core/types';
import type { Location, Policy, Residency, Tier } from '../../../lib/core/types-policy';
import { aPolicy, aTask, aTier } from '../../builders';

const DEPLOYMENT: Deployment = {
  region: 'eu-central-1',
  geography: 'eu',
  tiers: {
    small: { provider: 'openai-compatible', baseUrl: 'http://small.internal/v1', location: 'vpc' },
    mid: { provider: 'bedrock', models: ['eu.nova', 'tuned'], location: 'geography', geography: 'eu' },
    near: { provider: 'bedrock', region: 'eu-west-1', models: ['nova'], location: 'region' },
    frontier: { provider: 'anthropic', location: 'anywhere' },
  },
  residency: { '*': 'geography', secret: 'vpc', open: 'any' },
};

const small = aTier({ id: 'small', baseUrl: 'http://small.internal/v1', location: 'vpc' });
const mid = bedrock({ id: 'mid', model: 'eu.nova', location: 'geography', geography: 'eu' });
const frontier = elsewhere({ id: 'frontier', provider: 'anthropic', location: 'anywhere' });

/** A tier whose address is its provider's own. */
function elsewhere(tier: Partial<Tier> & { id: string }): Tier {
  const { baseUrl: _, ...rest } = aTier(tier);
  return tier.baseUrl === undefined ? rest : { ...rest, baseUrl: tier.baseUrl };
}

function bedrock(tier: Partial<Tier> & { id: string }): Tier {
  return elsewhere({ provider: 'bedrock', ...tier });
}

function policyOf(tiers: readonly Tier[], parts: { geography?: string } = {}): Policy {
  const ladder = tiers.map(({ id }) => id);
  return aPolicy({
    tiers,
    tasks: [aTask({ id: 'general', ladder, residency: 'geography' })],
    geography: 'eu',
    ...parts,
  });
}

function faultsOf(policy: Policy, deployment = DEPLOYMENT): string[] {
  return wideningFaults(policy, deployment).map((fault) => describeFault(fault));
}

describe('a policy that widens nothing', () => {
  it.each<[string, readonly Tier[]]>([
    ['is the one that was deployed', [small, mid, frontier]],
    ['leaves tiers out', [small]],
    ['gives a tier another id', [{ ...small, id: 'tiny' }]],
    [
      'asks a host for another model, where any is as near',
      [{ ...small, model: 'fine-tune', adapters: { general: 'x' } }],
    ],
    [
      'claims a place further away',
      [
        { ...small, location: 'anywhere' },
        { ...mid, location: 'anywhere' },
      ],
    ],
    ['writes a slash at the end', [{ ...small, baseUrl: 'http://small.internal:80/v1/' }]],
    [
      'writes out the own endpoint of a provider',
      [elsewhere({ ...frontier, baseUrl: 'https://api.anthropic.com/v1' })],
    ],
    ['writes out the own region', [bedrock({ ...mid, region: 'eu-central-1' })]],
    [
      'writes out the endpoint of a region',
      [bedrock({ ...mid, baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com' })],
    ],
    [
      'asks for a model that is deployed',
      [bedrock({ id: 'n', model: 'nova', region: 'eu-west-1', location: 'region' })],
    ],
    ['asks through a profile that is deployed', [bedrock({ ...mid, model: 'nova', profile: 'eu.nova' })]],
    ['asks for a fine-tune that is deployed', [{ ...mid, adapters: { general: 'tuned' } }]],
  ])('%s', (_, tiers) => {
    expect(faultsOf(policyOf(tiers))).toEqual([]);
  });

  it('narrows residencies and leaves out the geography', () => {
    const tasks = [
      aTask({ id: 'general', ladder: ['small'], residency: 'region' }),
      aTask({ id: 'open', ladder: ['small'], residency: 'any' }),
      aTask({ id: 'secret', ladder: ['small'], residency: 'vpc' }),
      aTask({ id: 'new', ladder: ['small'], residency: 'geography' }),
    ];
    const { geography: _, ...policy } = aPolicy({ tiers: [small], tasks, geography: 'eu' });
    expect(faultsOf(policy)).toEqual([]);
  });
});

describe('a policy that widens', () => {
  it.each<[string, Tier, string]>([
    [
      'a provider that is not deployed',
      elsewhere({ id: 'x', provider: 'gemini', location: 'anywhere' }),
      'tiers.x.provider: no tier of this provider is deployed; given "gemini"; allowed: openai-compatible, bedrock, anthropic',
    ],
    [
      'another host',
      { ...small, baseUrl: 'http://evil.example/v1' },
      'tiers.small.baseUrl: leads to an endpoint that the deployment does not know; allowed: the endpoints of small',
    ],
    ['another path', { ...small, baseUrl: 'http://small.internal/v2' }, 'tiers.small.baseUrl: leads to'],
    ['another port', { ...small, baseUrl: 'http://small.internal:81/v1' }, 'tiers.small.baseUrl: leads to'],
    ['another scheme', { ...small, baseUrl: 'https://small.internal/v1' }, 'tiers.small.baseUrl: leads to'],
    ['a path that climbs', { ...small, baseUrl: 'http://small.internal/v1/../v2' }, 'tiers.small.baseUrl: leads to'],
    [
      'the own endpoint instead of a host',
      elsewhere({ id: 'small', location: 'vpc' }),
      'tiers.small.provider: leads to',
    ],
    ['another region', bedrock({ ...mid, region: 'us-east-1' }), 'tiers.mid.region: leads to'],
    [
      'another model, where the model decides how far prompts go',
      bedrock({ ...mid, model: 'global.nova' }),
      'tiers.mid.model: is no model that this deployment may call there; given "global.nova"; allowed: eu.nova, tuned',
    ],
    ['another profile', bedrock({ ...mid, profile: 'us.nova' }), 'tiers.mid.profile: is no model'],
    ['another fine-tune', { ...mid, adapters: { general: 'us.tuned' } }, 'tiers.mid.adapters.general: is no model'],
    [
      'a nearer place',
      { ...mid, location: 'vpc' },
      'tiers.mid.location: is nearer than the tier is: its prompts go as far as geography eu; given "vpc"; allowed: geography eu, anywhere',
    ],
    ['another geography', { ...mid, geography: 'us' }, 'tiers.mid.location: is nearer'],
    [
      'a place in the VPC for the open internet',
      { ...frontier, location: 'vpc' },
      'tiers.frontier.location: is nearer',
    ],
    [
      'the place of one host for another',
      bedrock({ id: 'near', model: 'eu.nova', location: 'region' }),
      'tiers.near.location: is nearer',
    ],
  ])('is refused for %s', (_, tier, message) => {
    expect(faultsOf(policyOf([tier]))).toEqual([expect.stringContaining(message)]);
  });

  it('is refused for each task that may travel further, a new one included', () => {
    const tasks = [
      aTask({ id: 'general', ladder: ['small'], residency: 'geography' }),
      aTask({ id: 'secret', ladder: ['small'], residency: 'region' }),
      aTask({ id: 'open', ladder: ['small'], residency: 'any' }),
      aTask({ id: 'new', ladder: ['small'], residency: 'any' }),
    ];
    expect(faultsOf(aPolicy({ tiers: [small], tasks, geography: 'eu' }))).toEqual([
      'tasks.secret.residency: lets prompts travel further than the deployment does; given "region"; allowed: vpc',
      'tasks.new.residency: lets prompts travel further than the deployment does; given "any"; allowed: vpc, region, geography',
    ]);
  });

  it('is refused for sending untagged prompts to a task that may travel further', () => {
    const tasks = [aTask({ id: 'open', ladder: ['small'], residency: 'any' })];
    expect(faultsOf(aPolicy({ tiers: [small], tasks }))).toEqual([
      'default.task: a task with residency any lets untagged prompts travel further than the deployment does; given "open"; allowed: a task with residency vpc, region, geography',
    ]);
  });

  it('is refused for another geography, and for one where there was none', () => {
    const { geography: _, ...without } = DEPLOYMENT;
    expect(faultsOf(policyOf([small], { geography: 'us' }))).toEqual([
      'geography: is fixed by the deployment; given "us"; allowed: eu',
    ]);
    expect(faultsOf(policyOf([small]), without)).toEqual([expect.stringContaining('allowed: none')]);
  });

  it('is refused where one of several hosts that may be meant is further away', () => {
    const tiers = {
      a: { provider: 'anthropic', location: 'region' },
      b: { provider: 'anthropic', location: 'anywhere' },
    } as const;
    const faults = faultsOf(policyOf([{ ...frontier, location: 'region' }]), { ...DEPLOYMENT, tiers });
    expect(faults).toEqual([expect.stringContaining('as far as anywhere')]);
  });

  it('is told everything at once, and no address', () => {
    const policy = policyOf([
      { ...small, baseUrl: 'http://hidden.example/v1' },
      { ...mid, location: 'vpc' },
    ]);
    const faults = faultsOf({ ...policy, geography: 'us' });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toMatch(/hidden|internal/);
  });
});

describe('whatever the faults let through', () => {
  const locations = fc.constantFrom<Location>('vpc', 'region', 'geography', 'anywhere');
  const residencies = fc.constantFrom<Residency>('vpc', 'region', 'geography', 'any');
  const geographies = fc.constantFrom('eu', 'us');
  const hosts = fc.record(
    {
      provider: fc.constantFrom('openai-compatible', 'bedrock', 'anthropic'),
      baseUrl: fc.constantFrom('http://a/v1', 'http://b/v1', 'http://a/v1/'),
      region: fc.constantFrom('eu-central-1', 'eu-west-1'),
      location: locations,
      geography: geographies,
    },
    { requiredKeys: ['provider', 'location', 'geography'] },
  );
  const models = fc.constantFrom('m1', 'm2');
  const deployed = fc
    .tuple(hosts, fc.option(fc.uniqueArray(models, { minLength: 1 })))
    .map(([host, served]): DeployedTier => ({ ...host, ...(served && { models: served }) }));
  const ids = ['t0', 't1', 't2'];
  const deployments = fc.record({
    geography: geographies,
    region: fc.constant('eu-central-1'),
    tiers: fc
      .array(deployed, { minLength: 1, maxLength: 4 })
      .map((tiers) => Object.fromEntries(tiers.map((tier, n) => [`d${n}`, tier]))),
    residency: fc.tuple(residencies, residencies).map(([any, first]) => ({ '*': any, t0: first })),
  });
  /** Tiers made of the deployed ones, so that many of them pass. */
  const cases = deployments.chain((deployment) =>
    fc.record({
      deployment: fc.constant(deployment),
      tiers: fc.array(
        fc.record({
          host: fc.oneof(fc.constantFrom(...Object.values(deployment.tiers)), hosts),
          model: models,
          location: locations,
          geography: geographies,
        }),
        { minLength: 1, maxLength: 3 },
      ),
      residencies: fc.array(residencies, { minLength: 1, maxLength: 3 }),
      geography: geographies,
    }),
  );

  const address = ({ provider, baseUrl, region }: DeployedTier | Tier): string =>
    `${provider} ${baseUrl?.replace(/\/$/, '') ?? (provider === 'bedrock' ? (region ?? 'eu-central-1') : '')}`;

  function admitted(
    tier: { location: Location; geography?: string },
    residency: Residency,
    geography: string,
  ): boolean {
    const candidate = { tier: { ...small, ...tier }, features: { residency } as Features, geography };
    return guard(candidate as Parameters<typeof guard>[0]) === undefined;
  }

  it('goes nowhere that the deployment would not have let it go', () => {
    let passed = 0;
    const check = fc.property(cases, ({ deployment, tiers, residencies: wanted, geography }) => {
      const made = tiers.map(({ host, model, location, geography: named }, n) => {
        const { baseUrl: _, ...tier } = aTier({
          id: `tier${n}`,
          provider: host.provider,
          model,
          location,
          geography: named,
        });
        const { baseUrl, region } = host;
        return { ...tier, ...(baseUrl !== undefined && { baseUrl }), ...(region !== undefined && { region }) };
      });
      const tasks = wanted.map((residency, n) => aTask({ id: ids[n] as string, ladder: ['tier0'], residency }));
      const policy = aPolicy({ tiers: made, tasks, geography });
      if (wideningFaults(policy, deployment).length > 0) return;
      passed += 1;
      for (const tier of made) {
        const possible = Object.values(deployment.tiers).filter(
          (host) => address(host) === address(tier) && (host.models?.includes(tier.model) ?? true),
        );
        expect(possible.length).toBeGreaterThan(0);
        for (const host of possible) {
          for (const residency of ['vpc', 'region', 'geography', 'any'] as const) {
            if (admitted(tier, residency, geography))
              expect(admitted(host, residency, deployment.geography)).toBe(true);
          }
        }
      }
      const reach = ['vpc', 'region', 'geography', 'any'];
      for (const { id, residency } of tasks) {
        const fixed = id === 't0' ? deployment.residency.t0 : deployment.residency['*'];
        expect(reach.indexOf(residency)).toBeLessThanOrEqual(reach.indexOf(fixed));
      }
    });
    fc.assert(check, { numRuns: 3000 });
    expect(passed).toBeGreaterThan(50);
  });
});

describe('a deployment as JSON', () => {
  it('is read as it was written', () => {
    expect(parseDeployment(JSON.stringify(DEPLOYMENT))).toEqual(DEPLOYMENT);
  });

  it.each([
    ['{', 'the deployment is not JSON'],
    ['[]', 'the deployment cannot be used'],
    [{ tiers: {} }, 'residency'],
    [{ tiers: {}, residency: { triage: 'any' } }, 'residency: must have a member "*"'],
    [{ tiers: {}, residency: { '*': 'everywhere' } }, 'residency["*"]'],
    [{ tiers: {}, residency: { '*': 'any' }, regoin: 'eu-west-1' }, 'regoin'],
    [{ tiers: { a: { location: 'vpc' } }, residency: { '*': 'any' } }, 'tiers.a.provider'],
    [
      { tiers: { a: { provider: 'bedrock', location: 'geography' } }, residency: { '*': 'any' } },
      'tiers.a.geography: is required where location is geography',
    ],
  ])('is refused where it says %j', (value, message) => {
    expect(() => parseDeployment(typeof value === 'string' ? value : JSON.stringify(value))).toThrow(message);
  });

  it('fixes the residency of a policy, listing only tasks that are not like the default one', () => {
    const tasks = [
      aTask({ id: 'general', ladder: ['small'], residency: 'region' }),
      aTask({ id: 'same', ladder: ['small'], residency: 'region' }),
      aTask({ id: 'secret', ladder: ['small'], residency: 'vpc' }),
    ];
    expect(fixedResidency(aPolicy({ tiers: [small], tasks }))).toEqual({ '*': 'region', secret: 'vpc' });
  });
});
