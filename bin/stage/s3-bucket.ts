import type { S3Client } from '@aws-sdk/client-s3';
import { isNamed } from '../doctor/sdk/settings';
import type { ArrivedPart, Bucket } from './bucket';

/** Where the digest of an object is kept beside it: an ETag is none when the bucket is encrypted with a key of KMS. */
const DIGEST = 'tierwise-md5';

/** Long enough for a part over a slow line. */
const REQUEST_TIMEOUT_MS = 600_000;

export async function openBucket(Bucket: string, region: string): Promise<Bucket> {
  const sdk = await import('@aws-sdk/client-s3');
  const client: S3Client = new sdk.S3Client({
    region,
    maxAttempts: 5,
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: 5000, requestTimeout: REQUEST_TIMEOUT_MS },
  });
  return {
    region: () => regionOf(client, Bucket, region),
    async head(Key) {
      try {
        const {
          ContentLength = 0,
          ETag,
          Metadata = {},
        } = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
        const digest = Metadata[DIGEST] ?? bare(ETag);
        return { bytes: ContentLength, ...(digest !== undefined && { digest }) };
      } catch (error) {
        if (isNamed(error, 'NotFound', 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    async put(Key, Body, digest) {
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, Metadata: { [DIGEST]: digest } }));
    },
    async findUpload(Key) {
      const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
      return Uploads.filter((upload) => upload.Key === Key).at(-1)?.UploadId;
    },
    async beginUpload(Key, digest) {
      const input = { Bucket, Key, Metadata: { [DIGEST]: digest } };
      const { UploadId = '' } = await client.send(new sdk.CreateMultipartUploadCommand(input));
      return UploadId;
    },
    async arrived(Key, UploadId) {
      const parts = new Map<number, ArrivedPart>();
      for await (const page of sdk.paginateListParts({ client }, { Bucket, Key, UploadId }))
        for (const { PartNumber = 0, Size = 0, ETag } of page.Parts ?? [])
          parts.set(PartNumber, { bytes: Size, etag: bare(ETag) ?? '' });
      return parts;
    },
    async putPart(Key, UploadId, PartNumber, Body) {
      const { ETag } = await client.send(new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      return bare(ETag) ?? '';
    },
    async dropUpload(Key, UploadId) {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    },
    async finishUpload(Key, UploadId, etags) {
      const Parts = etags.map((ETag, index) => ({ PartNumber: index + 1, ETag }));
      await client.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    },
  };
}

async function regionOf(client: S3Client, Bucket: string, region: string): Promise<string | undefined> {
  const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
  try {
    const { BucketRegion = region } = await client.send(new HeadBucketCommand({ Bucket }));
    return BucketRegion;
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchBucket', 'Forbidden', '403')) return undefined;
    throw error;
  }
}

function bare(etag: string | undefined): string | undefined {
  return etag?.replaceAll('"', '');
}
