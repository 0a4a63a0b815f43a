import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { nagFindings } from '../constructs/nag';
import { ALL_FORMS, anApp, aReferenceStack } from './a-reference-stack';

interface Acknowledged {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

/** What we have accepted, where, and why; CDK accepts findings on its own. Some is known only at validation, so the app must have been synthesized. */
function acknowledgedIn(app: App): Acknowledged[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => [data].flat())
      .flatMap((data) => Object.entries(data).map(([id, reason]) => ({ path: node.path, id, reason: String(reason) })))
      .filter(({ id }) => !id.startsWith('CloudFormation-Validate::')),
  );
}

/** Whether CloudFormation would take the templates: errors end a synthesis, and what is less stands in the report. */
function validated(app: App): { readonly messages: unknown[]; readonly reports: unknown[] } {
  const assembly = app.synth();
  const { pluginReports } = JSON.parse(readFileSync(join(assembly.directory, 'validation-report.json'), 'utf8'));
  return { messages: assembly.stacks.flatMap(({ messages }) => messages), reports: pluginReports };
}

describe.each(ALL_FORMS)('the reference stack %s', (form) => {
  it('leaves AwsSolutions nothing to find, and says why where it says that something is none', () => {
    const app = anApp();
    expect(nagFindings(aReferenceStack(form, {}, app))).toEqual([]);
    const acknowledged = acknowledgedIn(app);
    expect(acknowledged.length).toBeGreaterThan(3);
    for (const { id, reason } of acknowledged) {
      expect(id).toMatch(/^(Annotation::)?AwsSolutions-[A-Z]+\d+(\[.+\])?$/s);
      expect(reason.split(' ').length).toBeGreaterThan(7);
    }
  });

  it('is what the schemas of CloudFormation allow, with nothing to be warned of', () => {
    const app = anApp({ isValidated: true });
    aReferenceStack(form, {}, app);
    expect(validated(app)).toEqual({ messages: [], reports: [] });
  }, 120_000);
});

describe('these checks', () => {
  it('find a bucket that is open', () => {
    const stack = aReferenceStack('api');
    new s3.Bucket(stack, 'Open');
    expect(nagFindings(stack)).toContainEqual(expect.stringContaining('AwsSolutions-S10 at Tierwise-api/Open'));
  });

  it('find a property that CloudFormation does not know', () => {
    const app = anApp({ isValidated: true });
    const stack = aReferenceStack('api', {}, app);
    new CfnResource(stack, 'Typo', { type: 'AWS::SNS::Topic', properties: { TopicNam: 'x' } });
    expect(() => validated(app)).toThrow(/TopicNam/);
  });
});
