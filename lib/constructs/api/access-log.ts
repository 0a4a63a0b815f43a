import * as apigateway from 'aws-cdk-lib/aws-apigateway';

/**
 * One line for each request: who, what, how long. No query, no header, no body. Of a streamed integration API Gateway
 * writes no execution log, so its timings stand here.
 */
export const ACCESS_LOG_FORMAT = apigateway.AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTimeEpoch',
    caller: '$context.identity.userArn',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    error: '$context.error.responseType',
    responseBytes: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    transferMode: '$context.integration.responseTransferMode',
    integrationStatus: '$context.integration.status',
    integrationLatencyMs: '$context.integration.latency',
    timeToAllHeadersMs: '$context.integration.timeToAllHeaders',
    timeToFirstContentMs: '$context.integration.timeToFirstContent',
  }),
);
