import { describe, expect, it } from 'vitest';
import { imageCommands } from '../../../../lib/core/analysis/stage/image-commands';

const MOVE = { account: '111122223333', region: 'eu-central-1' };
const REGISTRY = '111122223333.dkr.ecr.eu-central-1.amazonaws.com';

describe('the commands that bring an image into private ECR', () => {
  it('make the repository, sign in, and move the image', () => {
    const move = imageCommands({ ...MOVE, source: 'vllm/vllm-openai:v0.32.0' });
    expect(move?.image).toBe(`${REGISTRY}/vllm-openai:v0.32.0`);
    expect(move?.commands).toEqual([
      expect.stringMatching(/describe-repositories .* \|\| aws ecr create-repository --repository-name vllm-openai/),
      `aws ecr get-login-password --region eu-central-1 | docker login --username AWS --password-stdin ${REGISTRY}`,
      'docker pull --platform linux/amd64 vllm/vllm-openai:v0.32.0',
      `docker tag vllm/vllm-openai:v0.32.0 ${REGISTRY}/vllm-openai:v0.32.0`,
      `docker push ${REGISTRY}/vllm-openai:v0.32.0`,
    ]);
  });

  it('sign in to the private registry an image comes from, too', () => {
    const source = '763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:server-cuda-v2';
    expect(imageCommands({ ...MOVE, source })?.commands[1]).toMatch(
      /--region us-east-1 .* 763104351884\.dkr\.ecr\.us-east-1\.amazonaws\.com$/,
    );
  });

  it.each<[string, object, string | undefined]>([
    ['another repository', { source: 'vllm/vllm-openai:v1', repository: 'team/vllm' }, `${REGISTRY}/team/vllm:v1`],
    ['a registry with a port', { source: 'localhost:5000/vllm:v1' }, `${REGISTRY}/vllm:v1`],
    ['a digest beside the tag', { source: `vllm:v1@sha256:${'a'.repeat(64)}` }, `${REGISTRY}/vllm:v1`],
    ['no tag', { source: 'vllm/vllm-openai' }, undefined],
    ['a digest alone', { source: `vllm@sha256:${'a'.repeat(64)}` }, undefined],
  ])('know %s', (_, given, image) => {
    expect(imageCommands({ ...MOVE, source: '', ...given })?.image).toBe(image);
  });

  it('know the registries of China', () => {
    expect(imageCommands({ ...MOVE, region: 'cn-north-1', source: 'vllm:v1' })?.image).toBe(
      '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/vllm:v1',
    );
  });
});
