import type { CorpusRow } from '../../../examples/corpus/corpus-row';
import { startAnthropicHost } from './anthropic-host';
import { startBedrockHost } from './bedrock-host';
import type { SimulatedHost } from './model-host';
import { startOpenAIHost } from './openai-host';
import { type SecretsHost, startSecretsHost } from './secrets-host';
import { indexCorpus } from './simulated-model';

/** The simulated hosts of the local stack. */
export interface SimulatedHosts {
  /** In place of vLLM on GPUs. */
  readonly small: SimulatedHost;
  readonly bedrock: SimulatedHost;
  readonly anthropic: SimulatedHost;
  readonly secrets: SecretsHost;
  close(): Promise<void>;
}

export async function startSimulatedHosts(rows: readonly CorpusRow[], speed: number): Promise<SimulatedHosts> {
  const corpus = indexCorpus(rows);
  const [small, bedrock, anthropic, secrets] = await Promise.all([
    startOpenAIHost({ profile: 'small', corpus, speed }),
    startBedrockHost({ profile: 'mid', corpus, speed }),
    startAnthropicHost({ profile: 'frontier', corpus, speed }),
    startSecretsHost('simulated'),
  ]);
  const close = async (): Promise<void> =>
    void (await Promise.all([small, bedrock, anthropic, secrets].map((host) => host.close())));
  return { small, bedrock, anthropic, secrets, close };
}
