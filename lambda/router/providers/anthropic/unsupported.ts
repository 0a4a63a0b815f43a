import type { TierProvider } from '../../../../lib/core/execution/provider';
import { inlineImage } from '../blocks/dialogue';
import { type BlockDialect, unsupportedInBlocks } from '../blocks/unsupported-fields';

const DIALECT: BlockDialect = {
  image: (url) => url.startsWith('https://') || inlineImage(url) !== undefined,
  stopSequence: (text) => text.trim() !== '', // The host refuses sequences of white space alone.
  toolChoiceNone: true,
  singleToolCall: true,
};

export const unsupportedByAnthropic: TierProvider['unsupported'] = (body) => unsupportedInBlocks(body, DIALECT);
