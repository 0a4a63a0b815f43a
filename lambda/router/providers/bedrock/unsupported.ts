import type { TierProvider } from '../../../../lib/core/execution/provider';
import { inlineImage } from '../blocks/dialogue';
import { type BlockDialect, unsupportedInBlocks } from '../blocks/unsupported-fields';

/** Stands apart from the AWS client, which is loaded only when a tier is called. */
const DIALECT: BlockDialect = {
  image: (url) => inlineImage(url) !== undefined, // Converse fetches no addresses but those of S3.
  stopSequence: () => true,
  toolChoiceNone: false,
  singleToolCall: false,
};

export const unsupportedByBedrock: TierProvider['unsupported'] = (body) => unsupportedInBlocks(body, DIALECT);
