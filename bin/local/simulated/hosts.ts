import type { CorpusRow } from '../../../examples/corpus/corpus-row';
import { startAnthropicHost } from './anthropic-host';
import { startBedrockHost } from './bedrock-host';
import { startOpenAIHost } from './openai-host';
import { indexCorpus } from './simulated-model';

/** The three simulated hosts of the local stack, and the variables of the example policies that lead to them. */
export interface SimulatedHosts {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startSimulatedHosts(rows: readonly CorpusRow[], speed: number): Promise<SimulatedHosts> {
  const corpus = indexCorpus(rows);
  const [small, mid, frontier] = await Promise.all([
    startOpenAIHost({ profile: 'small', corpus, speed }),
    startBedrockHost({ profile: 'mid', corpus, speed }),
    startAnthropicHost({ profile: 'frontier', corpus, speed }),
  ]);
  return {
    environment: {
      SMALL_URL: small.baseUrl,
      BEDROCK_URL: mid.baseUrl,
      ANTHROPIC_URL: frontier.baseUrl,
      ANTHROPIC_API_KEY: 'simulated',
    },
    close: async () => void (await Promise.all([small, mid, frontier].map((host) => host.close()))),
  };
}
