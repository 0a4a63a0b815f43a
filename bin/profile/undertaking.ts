import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProviders } from '../../lambda/router/providers/registry';
import { createSecrets } from '../../lambda/shared/secrets';
import type { CorpusIndex } from '../../lib/core/analysis/profile/run/corpus-index';
import { type Check, compileChecks, type HumanVerdicts } from '../../lib/core/analysis/profile/run/task-checks';
import type { Providers } from '../../lib/core/execution/provider';
import { counted } from '../../lib/core/figures';
import type { CodeDigests } from '../../lib/core/policy/certificate-code';
import { type Prepared, prepare } from '../../lib/core/route';
import type { Policy } from '../../lib/core/types-policy';
import { type Terminal, UserError } from '../commands/command';
import { codeDigests } from './code-digests';
import { loadCodeOracles } from './code-oracles';

/** Everything a profile is made with, whether tiers are asked or recorded answers judged. */
export interface Undertaking {
  readonly policy: Policy;
  readonly policyText: string;
  readonly prepared: Prepared;
  readonly corpus: CorpusIndex;
  /** By task: the tiers that its rows are asked of. */
  readonly tiers: ReadonlyMap<string, readonly string[]>;
  readonly checks: ReadonlyMap<string, readonly Check[]>;
  readonly humanVerdicts: HumanVerdicts;
  readonly providers: Providers;
  readonly folder: string;
  readonly seed: number;
  /** Requests a month, for the bill in the report; absent: nobody has said. */
  readonly volume?: number;
  readonly warnings: readonly string[];
  readonly terminal: Terminal;
  /** How often an oracle of the user's own has broken. */
  readonly oracleFaults: () => number;
  /** Of the modules of the user's own that judge. */
  readonly code: CodeDigests;
  /** Aborted: nobody waits for an oracle of the user's own any more. */
  readonly oraclesGivenUp: AbortController;
}

export interface Preparation
  extends Pick<
    Undertaking,
    'policy' | 'policyText' | 'corpus' | 'folder' | 'seed' | 'volume' | 'warnings' | 'terminal'
  > {
  readonly policyFile: string;
  readonly humanVerdicts: HumanVerdicts;
  readonly tiersOf: (task: string) => readonly string[];
}

/** So many broken oracles are told row by row; more are counted. */
const MOST_FAULTS = 10;

export async function prepareUndertaking(given: Preparation): Promise<Undertaking> {
  const { policy, corpus, terminal, humanVerdicts } = given;
  const tasks = [...corpus.tasks.keys()];
  let faults = 0;
  const onFault = (row: string, message: string): void => {
    faults += 1;
    if (faults <= MOST_FAULTS) terminal.err(`row ${row}: ${message}`);
    if (faults === MOST_FAULTS) terminal.err('Further rows whose code oracle breaks are only counted.');
  };
  const oraclesGivenUp = new AbortController();
  // Every answer that is being judged listens.
  setMaxListeners(0, oraclesGivenUp.signal);
  // Before they are loaded: what is changed meanwhile is then told as another.
  const digests = codeDigests(policy, tasks, given.policyFile);
  const code = await loadCodeOracles(policy, tasks, given.policyFile, oraclesGivenUp.signal);
  return {
    ...given,
    prepared: await prepare(policy),
    tiers: new Map(tasks.map((task) => [task, given.tiersOf(task)])),
    checks: await compileChecks(policy, tasks, { code, humanVerdicts, onFault }),
    providers: createProviders({ secrets: createSecrets() }),
    oracleFaults: () => faults,
    code: digests,
    oraclesGivenUp,
  };
}

/** Names of tiers, by comma. */
export function tiersIn(list: string, { tiers }: Policy): readonly string[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const unknown = names.filter((name) => !Object.hasOwn(tiers, name));
  if (names.length > 0 && unknown.length === 0) return names;
  const given = unknown.length === 0 ? 'names none' : `the policy has no tier ${unknown.join(', ')}`;
  throw new UserError(`--tiers ${list}: ${given}; it has ${Object.keys(tiers).join(', ')}.`);
}

export async function pauseUnless(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

export function describeCorpus({ rows, tasks }: CorpusIndex): string {
  return `${counted(rows.length, 'row')} of ${counted(tasks.size, 'task')}`;
}
