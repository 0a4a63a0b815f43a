import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '../../lib/core/contract';
import type { Reading } from '../../lib/core/telemetry/watch/nouns';
import { dimensionsOf, type PublishReadings } from './publish';

/** CloudWatch takes 1,000 values and 1 MB at once; with names as long as they may be, that many are half of it. */
const AT_ONCE = 500;
/** Of one minute each, as every metric that is not of high resolution. */
const RESOLUTION_SECONDS = 60;
const CONNECTION_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Region, endpoint and credentials come from the environment, as for every AWS client. */
export function publishToCloudWatch(router: string, client: CloudWatchClient = newClient()): PublishReadings {
  return async (readings, atMs) => {
    for (let begin = 0; begin < readings.length; begin += AT_ONCE) {
      const batch = readings.slice(begin, begin + AT_ONCE);
      const data = batch.map((reading) => datumOf(reading, router, new Date(atMs)));
      await client.send(new PutMetricDataCommand({ Namespace: METRIC_NAMESPACE, MetricData: data }));
    }
  };
}

function datumOf(reading: Reading, router: string, timestamp: Date) {
  const { name, value, unit } = reading;
  return {
    MetricName: name,
    Dimensions: dimensionsOf(reading, router),
    Timestamp: timestamp,
    Value: value,
    Unit: unit,
    StorageResolution: RESOLUTION_SECONDS,
  };
}

function newClient(): CloudWatchClient {
  return new CloudWatchClient({
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });
}
