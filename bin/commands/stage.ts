import { InvalidArgumentError } from 'commander';
import { type S3Place, s3Place } from '../../lib/core/analysis/doctor/artifacts';
import { imageCommands } from '../../lib/core/analysis/stage/image-commands';
import { awsFailure } from '../doctor/aws-failure';
import { reasonOf } from '../doctor/gather';
import { openAws } from '../doctor/open-aws';
import { regionOf } from '../doctor/region';
import { type LocalFile, localWeights } from '../stage/local-weights';
import { openBucket } from '../stage/s3-bucket';
import { sendFile } from '../stage/send';
import { JSON_OPTION, type RegisterCommand, subcommand, type Terminal, UserError } from './command';

interface WeightsOptions {
  readonly from: string;
  readonly to: S3Place;
  readonly region?: string;
  readonly json?: boolean;
}

interface ImageOptions {
  readonly from: string;
  readonly repository?: string;
  readonly account?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** `tierwise stage`: what a network without a way out needs, brought to where it can be reached. */
export const registerStage: RegisterCommand = (program, terminal) => {
  const stage = program
    .command('stage')
    .description('bring weights and images to where a network without a way out can reach them');
  subcommand(stage, 'weights')
    .description('upload a model to S3; what is there already is left alone, and an upload that was cut off goes on')
    .requiredOption('--from <folder>', "folder of the model, or its folder in the hub's cache")
    .requiredOption('--to <s3://bucket/prefix>', 'where to', placeOption)
    .option('--region <region>', 'AWS region; from the environment or the profile by default')
    .option(...JSON_OPTION)
    .action((options: WeightsOptions) => stageWeights(options, terminal));
  subcommand(stage, 'image')
    .description('print the commands that bring an image into private ECR')
    .requiredOption('--from <image>', 'where the image is, with its tag, such as vllm/vllm-openai:v0.32.0')
    .option('--repository <name>', 'name of the repository in private ECR; that of the image by default')
    .option('--account <id>', 'AWS account; that of the credentials by default')
    .option('--region <region>', 'AWS region; from the environment or the profile by default')
    .option(...JSON_OPTION)
    .action((options: ImageOptions) => stageImage(options, terminal));
};

function placeOption(value: string): S3Place {
  const place = s3Place(value);
  if (place === undefined) throw new InvalidArgumentError('Write it as s3://BUCKET/PREFIX.');
  return place;
}

async function stageWeights({ from, to, region, json }: WeightsOptions, terminal: Terminal): Promise<void> {
  const files = await localWeights(from);
  const bucket = await openBucket(to.bucket, await regionOf(region));
  const where = await bucket.region().catch((error: unknown) => {
    throw new UserError(`Bucket ${to.bucket} cannot be asked: ${reasonOf(error)}`);
  });
  if (where === undefined)
    throw new UserError(`There is no bucket ${to.bucket} that we may read: aws s3 mb s3://${to.bucket} makes one.`);
  const progress = progressOf(files, json ? () => {} : terminal.err);
  const rows: { name: string; bytes: number; result: string }[] = [];
  for (const file of files) {
    const key = `${to.prefix}${file.name}`;
    const result = await sendFile(bucket, file, key, { onBytes: progress }).catch((error: unknown) => {
      throw new UserError(`${file.name} did not arrive: ${reasonOf(error)}\nThe same command again goes on from here.`);
    });
    rows.push({ name: file.name, bytes: file.bytes, result });
  }
  const target = `s3://${to.bucket}/${to.prefix}`;
  const sent = rows.filter(({ result }) => result === 'sent').length;
  if (json) terminal.out(JSON.stringify({ ok: true, target, region: where, files: rows }));
  else
    terminal.out(
      `${target} holds ${rows.length} files of the model: ${sent} sent, ${rows.length - sent} there already.`,
    );
}

/** Says how much is done at each whole percent, and no oftener. */
function progressOf(files: readonly LocalFile[], say: (line: string) => void): (bytes: number) => void {
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let said = -1;
  return (bytes) => {
    done += bytes;
    const percent = all === 0 ? 100 : Math.floor((done / all) * 100);
    if (percent === said) return;
    said = percent;
    say(`${String(percent).padStart(3)} %  ${(done / 1e9).toFixed(2)} of ${(all / 1e9).toFixed(2)} GB`);
  };
}

async function stageImage(options: ImageOptions, terminal: Terminal): Promise<void> {
  const region = await regionOf(options.region);
  const account = options.account ?? (await ownAccount(region));
  const { from: source, repository, json } = options;
  const move = imageCommands({ source, account, region, ...(repository !== undefined && { repository }) });
  if (move === undefined)
    throw new UserError(
      `${source} names no tag, and what "latest" is changes: name one, such as ${source.split('@')[0]}:v1.`,
    );
  if (json) terminal.out(JSON.stringify({ ok: true, ...move }));
  else terminal.out([...move.commands, `# then name this image: ${move.image}`].join('\n'));
}

async function ownAccount(region: string): Promise<string> {
  try {
    return (await openAws(region).identity()).account;
  } catch (error) {
    const { message } = awsFailure('AWS does not say who asks', error);
    throw new UserError(`${message}\nOr say --account.`);
  }
}
