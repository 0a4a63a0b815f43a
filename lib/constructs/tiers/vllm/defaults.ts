import { Duration } from 'aws-cdk-lib';
import { VllmPrecision } from './precision';

/** What props are when they are not given, where that is a plain value. The docstrings of the props say the same. */
export const DEFAULTS = {
  precision: VllmPrecision.BF16,
  gpuMemoryUtilization: 0.9,
  maxAdapterRank: 16,
  maxRunning: 64,
  maxWaiting: 32,
  minReplicas: 1,
  maxReplicas: 2,
  scaleOutWaiting: 4,
  minHealthyPercent: 100,
  maxHealthyPercent: 200,
  drainTimeout: Duration.seconds(120),
} as const;
