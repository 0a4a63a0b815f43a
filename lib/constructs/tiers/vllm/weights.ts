import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** How weights come from a hub. */
export interface VllmHubOptions {
  /**
   * Branch, tag or commit of the model's repository.
   *
   * @default - the tier's `modelVersion`
   */
  readonly revision?: string;
  /**
   * Secret whose whole text is the hub's token, for models behind a licence.
   *
   * @default - no token
   */
  readonly tokenSecret?: ISecret;
}

/** A folder of a bucket that holds one folder for each version. */
export interface VersionedFolder {
  readonly bucket: IBucket;
  readonly prefix: string;
}

/** What the tier needs to know about its weights. */
export interface WeightsSource {
  /** Where vLLM finds the version, as arguments. `streamerBytes` is the host memory that one GPU's loader may take. */
  readonly argumentsFor: (modelVersion: string, streamerBytes: number) => string[];
  /** Copies that the root volume has room for. */
  readonly copiesOnDisk: number;
  /** GB per second that loading may be counted on. */
  readonly gbPerSecond: number;
  readonly folder?: VersionedFolder;
  readonly tokenSecret?: ISecret;
}

/** S3 clients that read one model at the same time. */
const STREAMER_CONCURRENCY = 16;

/** Where the weights of a model come from. */
export class VllmWeights {
  /**
   * Weights in a bucket, streamed to the GPUs by the Run:ai model streamer without touching a disk. They lie below
   * `s3://bucket/prefix/<modelVersion>/`, as on the hub: `config.json`, the tokenizer and `*.safetensors`.
   *
   * The tasks' role may read all versions below the prefix: a rollback starts the previous version with the role of today.
   *
   * @param bucket Bucket that holds the weights.
   * @param prefix Folder of the model, without the version.
   */
  public static fromS3(bucket: IBucket, prefix: string): VllmWeights {
    const folder = { bucket, prefix: folderName(prefix) };
    return new VllmWeights({
      argumentsFor: (modelVersion, streamerBytes) => [
        '--model',
        `s3://${bucket.bucketName}/${folder.prefix}/${modelVersion}/`,
        '--load-format',
        'runai_streamer',
        '--model-loader-extra-config',
        JSON.stringify({ concurrency: STREAMER_CONCURRENCY, memory_limit: streamerBytes }),
      ],
      // Streaming writes none; the room is there for a checkpoint copied by hand or a later move to the hub.
      copiesOnDisk: 1,
      gbPerSecond: 0.5,
      folder,
    });
  }

  /**
   * Weights from the Hugging Face hub, downloaded by each instance to its root volume. Needs a way out of the VPC.
   *
   * @param modelId The model's id, such as `Qwen/Qwen3-8B`.
   * @param options Revision and token.
   */
  public static fromHub(modelId: string, options: VllmHubOptions = {}): VllmWeights {
    const { revision, tokenSecret } = options;
    return new VllmWeights({
      argumentsFor: (modelVersion) => ['--model', modelId, '--revision', revision ?? modelVersion],
      // While a rollout runs, the old version and the new one.
      copiesOnDisk: 2,
      gbPerSecond: 0.2,
      ...(tokenSecret && { tokenSecret }),
    });
  }

  /** @internal */
  public readonly _source: WeightsSource;

  private constructor(source: WeightsSource) {
    this._source = source;
  }
}

/** A prefix without the slashes around it. */
export function folderName(prefix: string): string {
  const name = prefix.replace(/^\/+|\/+$/g, '');
  if (name === '')
    throw new Error(
      'the prefix is empty; give the folder of the model, such as models/llama, so that tasks may read no more than that',
    );
  return name;
}
