import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { ENVIRONMENT } from '../../lib/core/contract';
import { LOCAL_REGION } from './embedded-dynamodb';

/**
 * What a synthesized template says, as far as a stack on one machine needs it: the functions with code, layers and
 * environment, the tables, the routes. Intrinsic functions are resolved with what the machine has in place of AWS.
 */
export interface LocalTemplate {
  readonly name: string;
  readonly resources: number;
  readonly function: LocalFunctionResource;
  /** What watches it, if anything does. */
  readonly watch?: LocalFunctionResource;
  /** Named by their logical ids. */
  readonly tables: readonly CreateTableCommandInput[];
  /** Whether requests of any path and method reach the function, streamed. */
  readonly streamsEveryPath: boolean;
}

export interface LocalFunctionResource {
  readonly id: string;
  /** File of the handler's module. */
  readonly bundle: string;
  /** Folders that the platform lays over `/opt`. */
  readonly layers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
}

/** What stands for an attribute of a resource on this machine, such as the address of a load balancer. */
export type Attributes = (logicalId: string, type: string, attribute: string) => string | undefined;

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': LOCAL_REGION,
  'AWS::AccountId': '000000000000',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'local',
  'AWS::NoValue': '',
};

/** Reads one stack of a cloud assembly. Throws where it holds no router function. */
export function readTemplate(assembly: string, stack: string, attributes: Attributes): LocalTemplate {
  const template = readJson(join(assembly, `${stack}.template.json`)) as Template;
  const assets = readJson(join(assembly, `${stack}.assets.json`)) as AssetManifest;
  const resolve = resolverOf(template, attributes);
  const folder = (content: unknown): string => assetFolder(assembly, assets, content);
  const functions = functionsOf(template);
  const isWatch = ({ Environment }: FunctionProperties): boolean => ENVIRONMENT.ownPrices in Environment.Variables;
  const router = functions.find(([, properties]) => !isWatch(properties));
  const watch = functions.find(([, properties]) => isWatch(properties));
  if (router === undefined) throw new Error(`${stack} holds no router function.`);
  const read = ([id, { Handler, Code, Layers = [], Environment }]: [string, FunctionProperties]) => ({
    id,
    bundle: join(folder(Code), `${Handler.split('.')[0]}.mjs`),
    layers: Layers.map(({ Ref }) => folder(template.Resources[Ref]?.Properties?.Content)),
    environment: Object.fromEntries(
      Object.entries(Environment.Variables).map(([name, value]) => [name, resolve(value)]),
    ),
  });
  return {
    name: `${stack}.template.json`,
    resources: Object.keys(template.Resources).length,
    function: read(router),
    ...(watch !== undefined && { watch: read(watch) }),
    tables: tablesOf(template),
    streamsEveryPath: streamsEveryPath(template),
  };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

interface FunctionProperties {
  readonly Handler: string;
  readonly Code: unknown;
  readonly Layers?: readonly { readonly Ref: string }[];
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

/** The router's own, and none that CDK has added. */
function functionsOf({ Resources }: Template): [string, FunctionProperties][] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    const variables = (Properties?.Environment as { Variables?: object } | undefined)?.Variables ?? {};
    const isOurs = Type === 'AWS::Lambda::Function' && ENVIRONMENT.router in variables;
    return isOurs ? [[id, Properties as unknown as FunctionProperties]] : [];
  });
}

/** Asset parameters name the content by its hash; the manifest says in which folder it lies. */
function assetFolder(assembly: string, { files }: AssetManifest, content: unknown): string {
  const key = (content as { S3Key?: unknown } | undefined)?.S3Key;
  const hash = typeof key === 'string' ? key.replace(/\.zip$/, '') : '';
  const path = files[hash]?.source.path;
  if (path === undefined)
    throw new Error(`The template names an asset that its manifest does not have: ${String(key)}`);
  return join(assembly, path);
}

function resolverOf(template: Template, attributes: Attributes): (value: unknown) => string {
  const resolve = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return String(value);
    const [[intrinsic, argument] = []] = Object.entries(value);
    if (intrinsic === 'Ref') return PSEUDO[argument as string] ?? (argument as string);
    if (intrinsic === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(resolve).join(separator);
    }
    if (intrinsic === 'Fn::GetAtt') {
      const [id, attribute] = argument as [string, string];
      const type = template.Resources[id]?.Type ?? '';
      return attributes(id, type, attribute) ?? `${id}.${attribute}`;
    }
    throw new Error(`The local stack cannot resolve ${intrinsic}.`);
  };
  return resolve;
}

function tablesOf({ Resources }: Template): CreateTableCommandInput[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table' || Type === 'AWS::DynamoDB::GlobalTable')
    .map(([id, { Properties = {} }]) => {
      const { KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes } =
        Properties as unknown as CreateTableCommandInput;
      return {
        TableName: id,
        KeySchema,
        AttributeDefinitions,
        BillingMode,
        ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      };
    });
}

function streamsEveryPath({ Resources }: Template): boolean {
  return Object.values(Resources).some(({ Type, Properties = {} }) => {
    const integration = Properties.Integration as { ResponseTransferMode?: string } | undefined;
    return (
      Type === 'AWS::ApiGateway::Method' &&
      Properties.HttpMethod === 'ANY' &&
      integration?.ResponseTransferMode === 'STREAM'
    );
  });
}
