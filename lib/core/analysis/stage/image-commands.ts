import { registryPlace } from '../doctor/artifacts';

export interface ImageMove {
  /** Where the image is now, such as `vllm/vllm-openai:v0.32.0`. */
  readonly source: string;
  readonly account: string;
  readonly region: string;
  /** Name of the repository in private ECR; the last word of the source by default. */
  readonly repository?: string;
}

export interface ImageCommands {
  /** Where the image will be. */
  readonly image: string;
  /** What to run, in order, where there is Docker and a way to both registries. */
  readonly commands: readonly string[];
}

/** The commands that bring an image into the private registry of an account; undefined when the source has no tag or digest of its own. */
export function imageCommands({ source, account, region, repository }: ImageMove): ImageCommands | undefined {
  const [, path = '', tag] = /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@sha256:[0-9a-f]{64})?$/.exec(source) ?? [];
  const name = repository ?? path.split('/').at(-1) ?? '';
  if (tag === undefined || name === '') return undefined;
  const registry = registryOf(account, region);
  const image = `${registry}/${name}:${tag}`;
  const from = registryPlace(source);
  return {
    image,
    commands: [
      `aws ecr describe-repositories --repository-names ${name} --region ${region} || aws ecr create-repository --repository-name ${name} --region ${region} --image-tag-mutability IMMUTABLE --image-scanning-configuration scanOnPush=true`,
      ...(from === undefined ? [] : [login(registryOf(from.account, from.region), from.region)]),
      login(registry, region),
      // GPU instances are of this architecture, whatever the machine that moves the image is.
      `docker pull --platform linux/amd64 ${source}`,
      `docker tag ${source} ${image}`,
      `docker push ${image}`,
    ],
  };
}

function registryOf(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function login(registry: string, region: string): string {
  return `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`;
}
