/** The public surface: the constructs, and the reference stack made of them. */

export * from './constructs/llm-router';
export * from './constructs/policy-source';
export * from './constructs/prompt-log';
export * from './constructs/residency-network';
export * from './constructs/router-alarms';
export * from './constructs/router-api';
export * from './constructs/router-dashboard';
export * from './constructs/router-function';
export * from './constructs/router-function-props';
export * from './constructs/router-metrics';
export * from './constructs/router-tables';
export * from './constructs/router-watch';
export * from './constructs/tiers/bedrock-tier';
export * from './constructs/tiers/external-api-tier';
export * from './constructs/tiers/tier';
export * from './constructs/tiers/vllm-tier';
export * from './stacks/reference-stack';
