/** A process that publishes to a folder store: `publishing-process.ts FOLDER NAME COUNT`. Prints the versions it made. */

import { openDirectoryStore } from '../../../../lambda/shared/store/directory';
import { ConflictError } from '../../../../lambda/shared/store/store-refusal';
import { anAttribution } from '../an-attribution';

const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const { policies, attributions } = openDirectoryStore(folder);

async function publish(mark: string): Promise<number> {
  for (;;) {
    const expectedActive = (await policies.active())?.version ?? null;
    try {
      const draft = { document: { name, mark, expectedActive }, author: name, message: mark, expectedActive };
      return (await policies.publish(draft)).version;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

process.stdin.once('data', async () => {
  const versions: number[] = [];
  let stored = 0;
  for (let index = 0; index < Number(count); index += 1) {
    versions.push(await publish(`${index}`));
    if ((await attributions.put(anAttribution({ requestId: `req-${index}` }))) === 'stored') stored += 1;
  }
  process.stdout.write(JSON.stringify({ versions, stored }));
  process.exit(0);
});
process.stdout.write('ready\n');
