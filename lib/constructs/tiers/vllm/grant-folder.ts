import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from './acknowledge';
import type { VersionedFolder } from './weights';

/** Lets a role read one folder of a bucket: its objects, their list, and the key they are encrypted with. */
export function grantFolder(role: Role, { bucket, prefix }: VersionedFolder): void {
  const objects = bucket.arnForObjects(`${prefix}/*`);
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [objects] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': [prefix, `${prefix}/*`] } },
    }),
  );
  bucket.encryptionKey?.grantDecrypt(role);
  acknowledgeWildcard(
    role,
    objects,
    'All objects of one folder, and all versions in it: a rollback reads the one before.',
  );
}
