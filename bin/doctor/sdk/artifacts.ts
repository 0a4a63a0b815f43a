import type { RegistryPlace, S3Place } from '../../../lib/core/analysis/doctor/artifacts';
import type { ImageFact, WeightsFact } from '../../../lib/core/analysis/doctor/facts';
import { clientSettings, isNamed } from './settings';

export async function weights(region: string, { bucket, prefix }: S3Place): Promise<WeightsFact> {
  const { HeadBucketCommand, ListObjectsV2Command, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({ ...clientSettings(region), followRegionRedirects: true });
  try {
    const { BucketRegion = region } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return {
      region: BucketRegion,
      names: Contents.map(({ Key = '' }) => Key.slice(prefix.length)).filter((name) => name !== ''),
      bytes: Contents.reduce((sum, { Size = 0 }) => sum + Size, 0),
    };
  } catch (error) {
    if (isNamed(error, 'NotFound', 'NoSuchBucket', 'Forbidden', '403')) return { names: [], bytes: 0 };
    throw error;
  }
}

export async function image({ account, region, repository, reference }: RegistryPlace): Promise<ImageFact> {
  const { DescribeImagesCommand, ECRClient } = await import('@aws-sdk/client-ecr');
  const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
  try {
    const { imageDetails = [] } = await new ECRClient(clientSettings(region)).send(
      new DescribeImagesCommand({ registryId: account, repositoryName: repository, imageIds: [imageId] }),
    );
    const bytes = imageDetails[0]?.imageSizeInBytes;
    return { exists: imageDetails.length > 0, ...(bytes !== undefined && { bytes }) };
  } catch (error) {
    if (isNamed(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return { exists: false };
    throw error;
  }
}
