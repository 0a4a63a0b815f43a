import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { AdapterSource, VllmAdapter } from './adapter';
import { ADAPTER_MEMORY_MIB } from './sizing';

/** Where adapters of S3 lie in the task. */
const FOLDER = '/adapters';
const VOLUME = 'adapters';

type InS3 = VllmAdapter & { readonly _source: Extract<AdapterSource, { kind: 's3' }> };

/** The adapters that have to be copied: vLLM streams weights from S3, but not adapters. */
export function adaptersInS3(adapters: VllmAdapter[]): InS3[] {
  return adapters.filter((adapter): adapter is InS3 => adapter._source.kind === 's3');
}

/** `name=path` for each adapter, as vLLM takes them. */
export function adapterModules(adapters: VllmAdapter[]): string[] {
  return adapters.map(
    ({ name, _source }) => `${name}=${_source.kind === 's3' ? `${FOLDER}/${name}` : _source.modelId}`,
  );
}

/** Run by the image of vLLM itself, which brings the S3 client for the streamer: no second image to keep. */
const SCRIPT = `
import os, sys, boto3
s3 = boto3.client("s3")
for argument in sys.argv[2:]:
    name, source = argument.split("=", 1)
    bucket, prefix = source.split("/", 1)
    count = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            if item["Key"].endswith("/"):
                continue
            path = os.path.join(sys.argv[1], name, item["Key"][len(prefix):])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            s3.download_file(bucket, item["Key"], path)
            count += 1
    if count == 0:
        sys.exit(f"no adapter {name} at s3://{source}")
`.trim();

/** Copies adapters into the task before vLLM starts; vLLM does not start without them. */
export function copyAdapters(
  task: ecs.TaskDefinition,
  vllm: ecs.ContainerDefinition,
  adapters: InS3[],
  container: Pick<ecs.ContainerDefinitionOptions, 'image' | 'logging' | 'environment'>,
): void {
  task.addVolume({ name: VOLUME });
  const copy = task.addContainer('Adapters', {
    ...container,
    containerName: 'adapters',
    essential: false,
    memoryLimitMiB: ADAPTER_MEMORY_MIB,
    entryPoint: ['python3', '-c', SCRIPT],
    command: [FOLDER, ...adapters.map(({ name, _source }) => `${name}=${addressOf(_source)}`)],
  });
  copy.addMountPoints({ sourceVolume: VOLUME, containerPath: FOLDER, readOnly: false });
  vllm.addMountPoints({ sourceVolume: VOLUME, containerPath: FOLDER, readOnly: true });
  vllm.addContainerDependencies({ container: copy, condition: ecs.ContainerDependencyCondition.SUCCESS });
}

function addressOf({ folder, version }: InS3['_source']): string {
  return `${folder.bucket.bucketName}/${folder.prefix}/${version}/`;
}
