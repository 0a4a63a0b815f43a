import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { PromptPlace } from '../../../lib/core/policy/deployment';
import type { PromptBucket } from './transcript';

/** Puts objects into a bucket, each encrypted with the key of the deployment, whatever the bucket's default is by then. */
export function openBucket({ bucket, key: SSEKMSKeyId }: PromptPlace): PromptBucket {
  const client = new S3Client({});
  return {
    async put({ key, body }) {
      const encrypted = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId } as const;
      const object = { Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' };
      await client.send(new PutObjectCommand({ ...object, ...encrypted }));
    },
    close: () => client.destroy(),
  };
}
