import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '../../lib/core/policy/deployment';
import { type AwsAccount, startAwsAccount } from '../fixtures/aws-account';
import { type DeployedTables, startDynamoDb } from '../fixtures/dynamodb';
import { scratch, tierwise } from './command-line';

const folder = scratch();
afterAll(() => folder.remove());

const DEPLOYMENT: Deployment = {
  region: 'eu-central-1',
  tiers: { inside: { provider: 'openai-compatible', baseUrl: 'http://internal-balancer/v1', location: 'vpc' } },
  residency: { '*': 'vpc' },
};

/** A variable that the router is told, and nobody else. */
const INSIDE_URL = '$'.concat('{INSIDE_URL:-http://127.0.0.1:8000/v1}');

function policyOf({ baseUrl = INSIDE_URL, residency = 'vpc' } = {}): string {
  return `
schema: 1
policy: desk
owner: desk
tiers:
  inside: { provider: openai-compatible, baseUrl: "${baseUrl}", model: m, location: vpc, contextWindow: 1000, price: { input: 1, output: 1 } }
tasks:
  open:
    owner: desk
    audit: { inputs: anything, acceptable: anything, consequence: low }
    route: static
    ladder: [inside]
    residency: ${residency}
    oracle: [{ kind: length, min: 1 }]
default: { task: open }
`;
}

describe('a policy published to a deployed stack', () => {
  let db: DeployedTables;
  let account: AwsAccount;
  let variables: Record<string, string>;

  beforeAll(async () => {
    db = await startDynamoDb();
    const outputs = {
      PolicyTableName: db.tables.policyTable,
      AttributionTableName: db.tables.attributionTable,
      AccessTableName: db.tables.accessTable,
      DeploymentFixed: JSON.stringify(DEPLOYMENT),
    };
    account = await startAwsAccount(({ input }) => {
      const { AccessTableName: _, ...older } = outputs;
      const known = { Desk: outputs, Other: { TableName: 't' }, Older: older }[input.StackName as string];
      if (known === undefined) return { error: 'ValidationError' };
      const member = Object.entries(known).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { body: { Stacks: { member: { StackName: 's', Outputs: { member } } } } };
    });
    variables = { ...account.variables, AWS_ENDPOINT_URL_DYNAMODB: db.endpoint };
  });
  afterAll(async () => {
    await account.close();
    await db.stop();
  });

  const publish = (text: string, ...more: string[]) =>
    tierwise(['publish', folder.file('policy.yaml', text), '--stack', 'Desk', ...more], variables);

  it('goes into the stack’s own table, and so do history and rollback', async () => {
    expect(JSON.parse((await publish(policyOf(), '--json')).out)).toMatchObject({ version: 1 });
    const changed = policyOf().replace('owner: desk', 'owner: others');
    expect(JSON.parse((await publish(changed, '--json')).out)).toMatchObject({ version: 2, previous: 1 });
    const back = await tierwise(['rollback', '--stack', 'Desk', '--region', 'eu-central-1', '--json'], variables);
    expect(JSON.parse(back.out)).toEqual({ version: 1, previous: 2 });
    const { out } = await tierwise(['history', '--stack', 'Desk', '--json'], variables);
    expect(JSON.parse(out).versions).toHaveLength(2);
  });

  it.each([
    ['sends prompts further', policyOf({ residency: 'region' }), 'residency'],
    ['asks a host the deployment does not know', policyOf({ baseUrl: 'http://elsewhere/v1' }), 'tiers.inside'],
  ])('is refused when it %s', async (_name, text, word) => {
    const { code, err } = await publish(text);
    expect(code).toBe(1);
    expect(err).toContain(word);
  });

  it.each([
    ['there is no such stack', ['--stack', 'Nothing'], 'There is no stack Nothing in eu-central-1'],
    ['the stack has no router', ['--stack', 'Other'], 'Stack Other has no router'],
    ['the stack’s router has no table for keys', ['--stack', 'Older'], 'its outputs lack PolicyTableName'],
    ['a store is named too', ['--stack', 'Desk', '--store', 'dynamodb'], 'not both'],
  ])('says so when %s', async (_name, args, words) => {
    const { code, err } = await tierwise(['history', ...args], variables);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });
});
