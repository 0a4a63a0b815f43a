import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json';
import { PolicySource, Stage } from '../../lib/index';
import { aReferenceStack, FORMS, type Form, policyFile, ROOT, type SomeProps } from './a-reference-stack';

/** The policy of a form, with one thing in it changed. */
function changed(form: Form, given: string | RegExp, instead: string): string {
  const text = readFileSync(policyFile(FORMS[form].policy), 'utf8');
  const after = text.replace(given, instead);
  if (after === text) throw new Error(`${form} says nowhere ${given}`);
  return after;
}

interface Wrong {
  readonly what: string;
  readonly form: Form;
  readonly props?: () => SomeProps;
  readonly message: RegExp;
}

const WITH_POLICY = (form: Form, given: string | RegExp, instead: string) => () => ({
  policy: PolicySource.fromText(changed(form, given, instead)),
});

const SMALL_ON = (instance: string) => WITH_POLICY('hybrid', 'instance: g6e.xlarge', `instance: ${instance}`);

const WRONG: readonly Wrong[] = [
  {
    what: 'an instance type without GPUs',
    form: 'hybrid',
    props: SMALL_ON('m7i.xlarge'),
    message:
      /Tier-small: m7i\.xlarge has no NVIDIA GPU that a VllmTier can use; use a type of the families g5, g6, g6e, p4d, p4de or p5/,
  },
  {
    what: 'a size that the family does not have',
    form: 'hybrid',
    props: SMALL_ON('g6e.32xlarge'),
    message: /Tier-small: g6e\.32xlarge is not a size of g6e; use one of g6e\.xlarge/,
  },
  {
    what: 'a model spread over more GPUs than there are',
    form: 'hybrid',
    props: WITH_POLICY('hybrid', 'g6e.xlarge, count: 1', 'g6e.xlarge, count: 4'),
    message: /Tier-small: tensorParallel 4 is more than the 1 of g6e\.xlarge GPUs; use 1, or a type with more GPUs/,
  },
  {
    what: 'a model larger than the memory of its GPUs',
    form: 'hybrid',
    props: () => ({ models: { small: { parametersBillions: 70 } } }),
    message: /Tier-small: .*70.*g6e\.xlarge.*use/s,
  },
  {
    what: 'a model whose size nobody says',
    form: 'hybrid',
    props: WITH_POLICY('hybrid', 'model: llama-3.1-8b-instruct', 'model: our-model'),
    message:
      /tier small: how many parameters our-model has does not show in its name; say models: \{ small: \{ parametersBillions \} \}/,
  },
  {
    what: 'a model of one of the own tiers without an instance type',
    form: 'hybrid',
    props: WITH_POLICY('hybrid', /^ {4}gpu: .*\n/m, ''),
    message: /tier small runs in the VPC, but the policy does not say on what; add gpu: \{ instance: g6e\.xlarge \}/,
  },
  {
    what: 'a model of Bedrock for a task that stays in the VPC',
    form: 'resident',
    props: () => ({
      policy: PolicySource.fromText(
        withFrontier('provider: bedrock, model: amazon.nova-2-lite-v1:0, location: region'),
      ),
    }),
    message:
      /task ticket-triage keeps its prompts in the VPC \(residency: vpc\), but its ladder names tier frontier, which sends them to a service of the region.*Take frontier off the ladder/s,
  },
  {
    what: 'an API outside AWS in a network that has no way out',
    form: 'resident',
    props: () => ({
      policy: PolicySource.fromText(withFrontier('provider: anthropic, model: claude-opus-5-5, location: anywhere')),
    }),
    message: /tier frontier is outside the VPC, and the router's subnets have no way out; serve it by a VllmTier/,
  },
  {
    what: 'a stage without a VPC for a policy that needs one',
    form: 'hybrid',
    props: () => ({ stage: Stage.API }),
    message:
      /stage api has no VPC, but policy hybrid has tiers in one: small; deploy stage hybrid or self-hosted, or take them out/,
  },
  {
    what: 'a stage with models of its own for a policy that has none',
    form: 'api',
    props: () => ({ stage: Stage.HYBRID }),
    message:
      /stage hybrid runs models of its own, but policy api-only has no tier with provider openai-compatible and location vpc; deploy stage api, or add one/,
  },
  {
    what: 'a key that would stand in the environment',
    form: 'api',
    props: WITH_POLICY('api', /apiKeySecret: .*/, 'apiKey: $'.concat('{ANTHROPIC_KEY:-}')),
    message:
      /takes its key from apiKey, which would stand in the function's environment; name a secret with apiKeySecret/,
  },
  {
    what: 'a secret that nobody names',
    form: 'api',
    props: WITH_POLICY('api', /apiKeySecret: .*/, 'apiKeySecret: $'.concat('{ANTHROPIC_SECRET}')),
    message:
      /tier cheap of policy api-only reads the name of its secret from a variable without a default.*write apiKeySecret: \$\{NAME:-/s,
  },
  {
    what: 'an image without a tag',
    form: 'resident',
    props: () => ({ vllmImage: 'vllm' }),
    message: /vllmImage is vllm; give the repository in the account's own registry and a tag, such as vllm:/,
  },
  {
    what: 'an image of another registry',
    form: 'hybrid',
    props: () => ({ metricsImage: 'public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1' }),
    message: /metricsImage is public\.ecr\.aws/,
  },
  {
    what: 'two buckets for the weights',
    form: 'hybrid',
    props: () => ({ weightsBucketName: 'one', weightsBucket: aReferenceStack('hybrid').weightsBucket as never }),
    message: /weightsBucket and weightsBucketName say the same; give one of them/,
  },
];

/** The resident policy with a third tier, on the ladder of its first task. */
function withFrontier(fields: string): string {
  const tier = `tiers:\n  frontier: { ${fields}, contextWindow: 200000, price: { input: 4, output: 20 } }\n`;
  return changed('resident', 'tiers:\n', tier).replace('ladder: [small, large]', 'ladder: [small, large, frontier]');
}

describe('the reference stack refuses, and says what to change,', () => {
  it.each(WRONG)('$what', ({ form, props, message }) => {
    expect(() => Template.fromStack(aReferenceStack(form, props?.()))).toThrow(message);
  });
});

describe('a policy that cannot be used', () => {
  it('is refused with every fault in it, each with its place', () => {
    const text = changed('hybrid', 'ladder: [small, mid, frontier]', 'ladder: [small, middle, frontier]')
      .replace('contextWindow: 32768', 'contextWindow: many')
      .replace('owner: finance-systems', 'ownr: finance-systems');
    expect(() => PolicySource.fromText(text)).toThrow(
      /tiers\.small\.contextWindow[\s\S]*tasks\.ticket-triage\.ladder[\s\S]*"middle"[\s\S]*tasks\.field-extraction/,
    );
  });

  it('is refused where a ladder names a tier that nobody declared', () => {
    expect(() => PolicySource.fromText(changed('hybrid', 'ladder: [small, mid]', 'ladder: [small, large]'))).toThrow(
      /tasks\.field-extraction\.ladder.*"large".*small, mid, frontier/s,
    );
  });
});

describe('the app of the reference stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-app-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('ends with 1 and one line at a stage that there is not', async () => {
    const { code, said } = await runApp({ stage: 'prod' }, folder);
    expect(code).toBe(1);
    expect(said).toBe('-c stage=prod: give one of api, hybrid, self-hosted.\n');
  });

  it('ends with 1 and the faults of a policy, each on its line with the file', async () => {
    const file = join(folder, 'faulty.yaml');
    writeFileSync(
      file,
      changed('hybrid', 'ladder: [small, mid, frontier]', 'ladder: [small, middle]').replace(
        'owner: ai-platform\n',
        '',
      ),
    );
    const { code, said } = await runApp({ stage: 'hybrid', policy: file }, folder);
    expect(code).toBe(1);
    expect(said).toMatch(/^the policy cannot be used:\n/);
    const lines = said.trim().split('\n').slice(1);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(line).toContain('faulty.yaml');
    expect(said).not.toMatch(/^\s+at /m);
    expect(readdirSync(folder).filter((name) => name.endsWith('.template.json'))).toEqual([]);
  });

  it('takes what the context says of weights, images and models that sleep', async () => {
    const context = {
      stage: 'hybrid',
      weightsBucket: 'of-ours',
      vllmImage: 'team/vllm:1',
      asleep: 'true',
      name: 'Desk',
    };
    expect(await runApp(context, folder)).toEqual({ code: 0, said: '' });
    const template = Template.fromString(readFileSync(join(folder, 'Desk.template.json'), 'utf8'));
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 0 });
    template.hasOutput('WeightsBucketName', { Value: 'of-ours' });
    template.hasOutput('VllmImage', {});
  });
});

/** Runs the app as `npx cdk` does, without the validation that other tests have. */
async function runApp(
  context: Record<string, string>,
  outdir: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...context }),
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}
