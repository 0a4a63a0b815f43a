import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTemplate } from '../../../bin/local/template';

const assembly = mkdtempSync(join(tmpdir(), 'tierwise-assembly-'));
afterAll(() => rmSync(assembly, { recursive: true, force: true }));

const FUNCTION = {
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    Code: { S3Bucket: 'any', S3Key: 'code.zip' },
    Layers: [{ Ref: 'Layer' }],
    Environment: {
      Variables: {
        TIERWISE_ROUTER: 'desk',
        TIERWISE_POLICY_TABLE: { Ref: 'Policies' },
        SMALL_URL: { 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': ['Balancer', 'DNSName'] }, '/v1']] },
        WHERE: { Ref: 'AWS::Region' },
      },
    },
  },
};
const LAYER = { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { S3Key: 'layer.zip' } } };
const KEY_SCHEMA = [{ AttributeName: 'pk', KeyType: 'HASH' }];
const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: KEY_SCHEMA, BillingMode: 'PAY_PER_REQUEST', SSESpecification: {} },
};
const BALANCER = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' };

function method(mode: string): unknown {
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: { HttpMethod: 'ANY', Integration: { ResponseTransferMode: mode } },
  };
}

function read(resources: object) {
  writeFileSync(join(assembly, 'Desk.template.json'), JSON.stringify({ Resources: resources }));
  const files = { code: { source: { path: 'asset.code' } }, layer: { source: { path: 'asset.layer' } } };
  writeFileSync(join(assembly, 'Desk.assets.json'), JSON.stringify({ files }));
  return readTemplate(assembly, 'Desk', (_id, type, attribute) =>
    type === BALANCER.Type && attribute === 'DNSName' ? '127.0.0.1:8000' : undefined,
  );
}

describe('readTemplate', () => {
  const whole = { Router: FUNCTION, Layer: LAYER, Policies: TABLE, Balancer: BALANCER, Any: method('STREAM') };

  it('finds the function that watches it by what this alone is told, and does without where there is none', () => {
    const { Properties } = FUNCTION;
    const variables = { TIERWISE_ROUTER: 'desk', TIERWISE_OWN_PRICES: '{}' };
    const watch = { ...FUNCTION, Properties: { ...Properties, Environment: { Variables: variables } } };
    const { function: router, watch: found } = read({ Watch: watch, ...whole });
    expect(router.id).toBe('Router');
    expect(found).toMatchObject({ id: 'Watch', environment: variables, layers: [join(assembly, 'asset.layer')] });
    expect(read(whole)).not.toHaveProperty('watch');
  });

  it('finds the router’s function with its code and layers', () => {
    expect(read(whole)).toMatchObject({
      name: 'Desk.template.json',
      resources: 5,
      function: {
        id: 'Router',
        bundle: join(assembly, 'asset.code/index.mjs'),
        layers: [join(assembly, 'asset.layer')],
      },
    });
  });

  it('resolves the environment with what this machine has', () => {
    expect(read(whole).function.environment).toEqual({
      TIERWISE_ROUTER: 'desk',
      TIERWISE_POLICY_TABLE: 'Policies',
      SMALL_URL: 'http://127.0.0.1:8000/v1',
      WHERE: 'eu-central-1',
    });
  });

  it('gives tables as CreateTable takes them, named by their ids', () => {
    expect(read(whole).tables).toEqual([
      { TableName: 'Policies', KeySchema: KEY_SCHEMA, BillingMode: 'PAY_PER_REQUEST' },
    ]);
  });

  it('tells whether every path is streamed', () => {
    expect(read(whole).streamsEveryPath).toBe(true);
    expect(read({ ...whole, Any: method('BUFFERED') }).streamsEveryPath).toBe(false);
  });

  it('says what it cannot read', () => {
    expect(() => read({ Layer: LAYER })).toThrow('Desk holds no router function');
    expect(() => read({ Router: FUNCTION, Layer: { ...LAYER, Properties: {} } })).toThrow('asset');
    const odd = { ...FUNCTION.Properties, Environment: { Variables: { TIERWISE_ROUTER: { 'Fn::Odd': 1 } } } };
    expect(() => read({ Router: { ...FUNCTION, Properties: odd }, Layer: LAYER })).toThrow('Fn::Odd');
  });
});
