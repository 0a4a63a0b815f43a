import { describe, expect, it } from 'vitest';
import { isStaged, lackOf } from '../../../../lib/core/analysis/stage/weights-files';

describe('the files of a model', () => {
  it.each<[string, boolean]>([
    ['model-00001-of-00004.safetensors', true],
    ['model.safetensors.index.json', true],
    ['config.json', true],
    ['generation_config.json', true],
    ['tokenizer.model', true],
    ['tokenizer.model.v3', true],
    ['tekken.json', true],
    ['qwen.tiktoken', true],
    ['merges.txt', true],
    ['chat_template.jinja', true],
    ['pytorch_model.bin', false],
    ['model.gguf', false],
    ['README.md', false],
    ['modeling_custom.py', false],
    ['original/params.json', false],
    ['.cache/config.json', false],
    ['.gitattributes', false],
  ])('%s is staged: %s', (path, staged) => {
    expect(isStaged(path)).toBe(staged);
  });

  it.each<[string[], string[]]>([
    [['config.json', 'tokenizer.json', 'model.safetensors'], []],
    [['config.json', 'vocab.json', 'merges.txt', 'model.safetensors'], []],
    [['config.json', 'tokenizer_config.json', 'model.safetensors'], ['a tokenizer']],
    [[], ['*.safetensors', 'config.json', 'a tokenizer']],
  ])('of %j a load lacks %j', (paths, lack) => {
    expect(lackOf(paths)).toEqual(lack);
  });
});
