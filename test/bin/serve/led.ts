/** Two processes for the test of `leadWorkers`: one that leads, and a worker that ends by itself after so many milliseconds. */

import cluster from 'node:cluster';
import { leadWorkers } from '../../../bin/commands/serve/lead-workers';

const [livesMs = 0, code = 0] = process.argv.slice(2).map(Number);
const say = (what: string): void => console.log(`${what} @${Math.round(performance.now())}`);

if (cluster.isPrimary) {
  cluster.on('fork', () => say('started'));
  const lead = leadWorkers({
    count: 1,
    onReady: (url) => say(`ready at ${url}`),
    onLost: (how) => say(`lost by ${how}`),
  });
  lead.catch((error: unknown) => say((error as Error).message));
} else {
  setTimeout(() => process.exit(code), livesMs);
  if (livesMs > 0) process.send?.({ ready: 'http://router' });
}
