import { it } from 'vitest';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { startAwsAccount } from '/work/main/test/fixtures/aws-account';
import { publishToCloudWatch } from '/work/main/lambda/watch/publish-to-cloudwatch';
it('x', async () => {
  const account = await startAwsAccount(() => ({ body: {} }));
  const client = new CloudWatchClient({ endpoint: account.variables.AWS_ENDPOINT_URL, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  await publishToCloudWatch('desk', client)([{ name: 'InputDrift', value: 0.25, unit: 'None', task: 'triage' }], 1795347000000);
  const a = account.asked[0]!;
  console.log(a.service, a.operation, a.headers['content-type'], a.headers['content-encoding'], a.body.toString().slice(0, 800));
  const many = Array.from({ length: 1200 }, (_, i) => ({ name: 'InputDrift', value: i, unit: 'None', task: `t-${i}` }) as const);
  await publishToCloudWatch('desk', client)(many, 1795347000000);
  for (const q of account.asked) console.log(q.operation, q.headers['content-encoding'], q.body.length);
  await account.close();
});
