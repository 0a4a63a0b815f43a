import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json';
import { PolicySource, ReferenceStack, type ReferenceStackProps, Stage } from '../../lib/index';

export const ROOT = join(__dirname, '../..');

/** Each form in which the reference stack is deployed, with the policy that it brings. */
export const FORMS = {
  api: { stage: Stage.API, policy: 'api-only' },
  hybrid: { stage: Stage.HYBRID, policy: 'hybrid' },
  'self-hosted': { stage: Stage.SELF_HOSTED, policy: 'self-hosted' },
  resident: { stage: Stage.SELF_HOSTED, policy: 'resident', residency: true },
} as const;

export type Form = keyof typeof FORMS;

export const ALL_FORMS = Object.keys(FORMS) as Form[];

/** Those with models on GPUs of their own. */
export const OWN_FORMS: readonly Form[] = ['hybrid', 'self-hosted', 'resident'];

export type SomeProps = Partial<Omit<ReferenceStackProps, 'policy'>> & { readonly policy?: PolicySource };

/** With the settings that `npx cdk` would give it; unless told so, without the validation that takes seconds. */
export function anApp({ isValidated = false } = {}): App {
  return new App({ context: cdkJson.context, builtinCloudFormationValidation: isValidated });
}

export function policyFile(name: string): string {
  return join(ROOT, 'examples/policies', `${name}.yaml`);
}

/** The stack that `bin/app.ts` makes of a form. */
export function aReferenceStack(
  form: Form,
  props: SomeProps = {},
  app = anApp(),
  id = `Tierwise-${form}`,
): ReferenceStack {
  const { policy, ...others } = FORMS[form];
  return new ReferenceStack(app, id, {
    policy: PolicySource.fromFile(policyFile(policy)),
    ...others,
    ...props,
  });
}

/** A resource as the template has it. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are plain JSON of any depth
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
}

/** What is asked of a stack again and again, read once. */
export class Synthesized {
  readonly template: Template;

  constructor(readonly stack: ReferenceStack) {
    this.template = Template.fromStack(stack);
  }

  ofType(type: string): Resource[] {
    return Object.entries(this.template.findResources(type)).map(([id, { Properties = {}, DeletionPolicy }]) => ({
      id,
      type,
      properties: Properties,
      deletionPolicy: DeletionPolicy,
    }));
  }

  /** The one resource of a type. */
  only(type: string): Resource {
    const [found, ...others] = this.ofType(type);
    if (found === undefined || others.length > 0) throw new Error(`the stack has none or many of ${type}`);
    return found;
  }

  /** The function that routes. */
  get router(): Resource {
    return this.functionOf('RouterFunction');
  }

  /** The function that watches it. */
  get watch(): Resource {
    return this.functionOf('RouterWatch');
  }

  private functionOf(begins: string): Resource {
    const [found, ...others] = this.ofType('AWS::Lambda::Function').filter(({ id }) => id.startsWith(begins));
    if (found === undefined || others.length > 0) throw new Error(`the stack has none or many of ${begins}`);
    return found;
  }

  get outputs(): Record<string, { readonly Value: unknown; readonly Description?: string }> {
    return this.template.toJSON().Outputs;
  }

  /** Statements of the policies of one role, or of all roles. */
  statements(role: RegExp = /./): Statement[] {
    const policies = this.ofType('AWS::IAM::Policy').filter(({ properties }) =>
      properties.Roles.some(({ Ref }: { Ref: string }) => role.test(Ref)),
    );
    const inline = this.ofType('AWS::IAM::Role').filter(({ id }) => role.test(id));
    return [
      ...policies.flatMap(({ properties }) => properties.PolicyDocument.Statement),
      ...inline.flatMap(({ properties }) =>
        (properties.Policies ?? []).flatMap(
          ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
        ),
      ),
    ];
  }
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const synthesized = new Map<Form, Synthesized>();

/** One of each form for all tests that only look. */
export function formOf(form: Form): Synthesized {
  const known = synthesized.get(form) ?? new Synthesized(aReferenceStack(form));
  synthesized.set(form, known);
  return known;
}
