/** What staging asks of a bucket, one request each. `digest` is MD5, in hex; with keys of KMS S3 gives none. */
export interface Bucket {
  /** Region of the bucket, or undefined when there is no such bucket that we may read. */
  region(): Promise<string | undefined>;
  /** What is there under a key. */
  head(key: string): Promise<{ readonly bytes: number; readonly digest?: string } | undefined>;
  put(key: string, body: Uint8Array, digest: string): Promise<void>;
  /** An upload of the key that was begun and not finished. */
  findUpload(key: string): Promise<string | undefined>;
  beginUpload(key: string, digest: string): Promise<string>;
  /** Parts that have arrived. */
  arrived(key: string, upload: string): Promise<ReadonlyMap<number, ArrivedPart>>;
  /** Returns the part's ETag. */
  putPart(key: string, upload: string, part: number, body: Uint8Array): Promise<string>;
  dropUpload(key: string, upload: string): Promise<void>;
  finishUpload(key: string, upload: string, etags: readonly string[]): Promise<void>;
}

export interface ArrivedPart {
  readonly bytes: number;
  /** As S3 writes it, without its quotes. */
  readonly etag: string;
}
