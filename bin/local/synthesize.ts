import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The stage of the reference stack that runs on this machine, and what the stack is called. */
const STAGE = 'hybrid';
export const LOCAL_STACK = `Tierwise-${STAGE}`;

/** A synthesized stack: the folder of its cloud assembly, and its name there. */
export interface Synthesized {
  readonly assembly: string;
  readonly stack: string;
}

/**
 * Synthesizes the reference stack as `npm run synth` does, by the same app and context, without network or credentials.
 * The built-in validation of schemas is left to `npm run synth`: it takes seconds and changes nothing in the template.
 */
export async function synthesize(root: string, assembly: string): Promise<Synthesized> {
  const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const environment = {
    ...process.env,
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, stage: STAGE, name: LOCAL_STACK }),
    CDK_VALIDATION: 'false',
  };
  const synthesis = run(process.execPath, ['--import', 'tsx', join(root, 'bin/app.ts')], {
    cwd: root,
    env: environment,
  });
  // First of all, for it would make the folder anew that goes with this process.
  const end = (): unknown => synthesis.child.kill('SIGKILL');
  process.prependOnceListener('exit', end);
  try {
    await synthesis;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`The reference stack cannot be synthesized:\n${stderr?.trim() ?? String(error)}`);
  } finally {
    process.off('exit', end);
  }
  return { assembly, stack: LOCAL_STACK };
}
