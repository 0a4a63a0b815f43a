import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { folderName, type VersionedFolder } from './weights';

/** Where one adapter lies. */
export type AdapterSource =
  | { readonly kind: 's3'; readonly folder: VersionedFolder; readonly version: string }
  | { readonly kind: 'hub'; readonly modelId: string };

/** A LoRA adapter, served beside its base model under a name of its own. */
export class VllmAdapter {
  /**
   * An adapter in a bucket, below `s3://bucket/prefix/<version>/`. It is copied to the task before vLLM starts.
   *
   * @param name Name of the adapter: the model that a request asks for.
   * @param bucket Bucket that holds the adapter.
   * @param prefix Folder of the adapter, without the version. Tasks may read all versions below it.
   * @param version Folder of this version.
   */
  public static fromS3(name: string, bucket: IBucket, prefix: string, version: string): VllmAdapter {
    return new VllmAdapter(name, {
      kind: 's3',
      folder: { bucket, prefix: folderName(prefix) },
      version: folderName(version),
    });
  }

  /**
   * An adapter from the Hugging Face hub. Needs a way out of the VPC.
   *
   * @param name Name of the adapter: the model that a request asks for.
   * @param modelId The adapter's id on the hub.
   */
  public static fromHub(name: string, modelId: string): VllmAdapter {
    return new VllmAdapter(name, { kind: 'hub', modelId });
  }

  /** Name of the adapter: the model that a request asks for. */
  public readonly name: string;
  /** @internal */
  public readonly _source: AdapterSource;

  private constructor(name: string, source: AdapterSource) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
      throw new Error(`adapter name "${name}" is not allowed; use letters, digits, dots, hyphens and underscores`);
    this.name = name;
    this._source = source;
  }
}
