/**
 * For a team with a platform of its own: only the parts they lack. Tables and function of the router go behind the API and
 * the user pool that they have; of its metrics and alarms they take what their own dashboard and pager want.
 *
 *   npx cdk deploy -a "npx tsx examples/apps/single-constructs/app.ts"
 */

import { App } from 'aws-cdk-lib';
import { PartsStack } from './stack';

new PartsStack(new App(), 'Parts', { env: { region: 'eu-central-1' } });
