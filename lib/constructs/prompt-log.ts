import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PROMPT_DAYS } from '../core/policy/prompt-days';
import { acknowledgeWildcard } from './tiers/vllm/acknowledge';

/** Where prompts and answers may be kept. */
export interface PromptLogProps {
  /**
   * Encrypts every object. Whoever may decrypt with it may read prompts, so give it to nothing else.
   *
   * @default - a new key, turned over once a year
   */
  readonly key?: kms.IKey;
  /**
   * Takes the access log of the bucket: who read which prompt.
   *
   * @default - no access log; data events of AWS CloudTrail tell the same
   */
  readonly accessLogBucket?: s3.IBucket;
  /**
   * What becomes of the bucket and the key when they leave the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A bucket in which a router keeps prompts and answers, with a key of its own. By itself it keeps nothing: a policy must say
 * so too, under `attribution.prompts`, with `kmsKey: ${PROMPT_KEY}`, an owner who answers for it and the day on which it
 * ends. From that day on the router keeps none, and the bucket is empty two days later. Prompts of a task with residency `vpc`
 * are never kept; others never longer than the `maxRetention` of their task.
 *
 * The router may put objects there and nothing else. Nobody is let read them: grant that with `grantRead` of the bucket.
 */
export class PromptLog extends Construct {
  /** Holds an object for each request. Its folders are emptied after the days in their names. */
  public readonly bucket: s3.Bucket;
  /** Encrypts them. */
  public readonly key: kms.IKey;

  constructor(scope: Construct, id: string, props: PromptLogProps = {}) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, accessLogBucket } = props;
    this.key = props.key ?? this.newKey(removalPolicy);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // Another version would outlive what is deleted.
      versioned: false,
      lifecycleRules: PROMPT_DAYS.map((days) => ({
        id: `keep-${days}-days`,
        prefix: `keep-${days}-days/`,
        expiration: Duration.days(days),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      })),
      removalPolicy,
      ...(accessLogBucket !== undefined && { serverAccessLogsBucket: accessLogBucket }),
    });
    if (accessLogBucket === undefined) {
      const reason =
        'Who reads prompts is told by data events of CloudTrail; an access log is made where a bucket is given.';
      Validations.of(this.bucket).acknowledge({ id: 'AwsSolutions-S1', reason });
    }
  }

  /** Lets a router put prompts there. It cannot read or delete them. */
  public grantPut(grantee: iam.IGrantable): iam.Grant {
    const objects = this.bucket.arnForObjects('keep-*');
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal)) {
      acknowledgeWildcard(grantPrincipal, objects, 'Each request makes an object of its own, and may only be put.');
    }
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: [objects],
    }).combine(this.key.grant(grantee, 'kms:GenerateDataKey'));
  }

  /** Lets somebody find the prompts of a customer by their names, and delete them. None can be read. */
  public grantErase(grantee: iam.IGrantable): iam.Grant {
    const objects = this.bucket.arnForObjects('keep-*');
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal)) {
      acknowledgeWildcard(grantPrincipal, objects, 'Any customer may have to be erased, and none is known beforehand.');
    }
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:DeleteObject'],
      resourceArns: [objects],
    }).combine(
      iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] }),
    );
  }

  private newKey(removalPolicy: RemovalPolicy): kms.Key {
    return new kms.Key(this, 'Key', {
      description: 'Prompts that a Tierwise router keeps',
      enableKeyRotation: true,
      removalPolicy,
    });
  }
}
