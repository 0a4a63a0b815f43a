import type { CorpusRow } from '../../../examples/corpus/corpus-row';
import { startAnthropicHost } from './anthropic-host';
import { startBedrockHost } from './bedrock-host';
import { startOpenAIHost } from './openai-host';
import { startSecretsHost } from './secrets-host';
import { indexCorpus } from './simulated-model';

/** The simulated hosts of the local stack, and the variables that lead the router to them. */
export interface SimulatedHosts {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startSimulatedHosts(rows: readonly CorpusRow[], speed: number): Promise<SimulatedHosts> {
  const corpus = indexCorpus(rows);
  const [small, mid, frontier, secrets] = await Promise.all([
    startOpenAIHost({ profile: 'small', corpus, speed }),
    startBedrockHost({ profile: 'mid', corpus, speed }),
    startAnthropicHost({ profile: 'frontier', corpus, speed }),
    startSecretsHost('simulated'),
  ]);
  return {
    environment: {
      SMALL_URL: small.baseUrl,
      ANTHROPIC_URL: frontier.baseUrl,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: mid.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    },
    close: async () => void (await Promise.all([small, mid, frontier, secrets].map((host) => host.close()))),
  };
}
