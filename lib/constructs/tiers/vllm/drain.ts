import { Duration } from 'aws-cdk-lib';

/** How long each part of an ending waits, all derived from one time. */
export interface DrainTimings {
  /** How long the load balancer keeps connections of a target it sends nothing new to. */
  readonly deregistrationDelay: Duration;
  /** How long vLLM finishes what it has begun after SIGTERM (`--shutdown-timeout`); its own default aborts at once. */
  readonly shutdownTimeout: Duration;
  /** How long ECS waits between SIGTERM and SIGKILL. EC2 allows more than the 120 seconds of Fargate. */
  readonly stopTimeout: Duration;
}

/** Seconds in which vLLM ends its workers and frees the GPUs once its requests are done. */
const EXIT_SECONDS = 10;

/**
 * When a task ends, the load balancer first stops sending to it and lets its connections run on; only then does ECS
 * send SIGTERM. So vLLM must not stop waiting before the load balancer would have, and ECS must not kill before vLLM has
 * stopped waiting: deregistrationDelay <= shutdownTimeout < stopTimeout.
 */
export function drainTimingsOf(drainTimeout: Duration): DrainTimings {
  return {
    deregistrationDelay: drainTimeout,
    shutdownTimeout: drainTimeout,
    stopTimeout: Duration.seconds(drainTimeout.toSeconds() + EXIT_SECONDS),
  };
}
