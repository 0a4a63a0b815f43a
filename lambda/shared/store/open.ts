import type { Store } from './port';
import { type TableNames, tableNames } from './tables';

/** Where policies and records are kept. */
export type StoreSpec = (
  | { readonly kind: 'memory' }
  | { readonly kind: 'directory'; readonly path: string }
  | DynamoDbSpec
) & {
  /** By default the clock of this machine. */
  readonly nowMs?: () => number;
};

/** The tables by name, or by what `tableNames` puts its prefix before. */
type DynamoDbSpec = {
  readonly kind: 'dynamodb';
  readonly retentionDays?: number | (() => number);
  readonly region?: string;
} & ({ readonly prefix: string } | TableNames);

/** Each kind is loaded only where it is used: the AWS client alone weighs as much as the router. */
export async function openStore(spec: StoreSpec): Promise<Store> {
  switch (spec.kind) {
    case 'memory':
      return (await import('./memory')).openMemoryStore(spec);
    case 'directory':
      return (await import('./directory')).openDirectoryStore(spec.path, spec);
    case 'dynamodb': {
      const { openDynamoDbStore } = await import('./dynamodb');
      return openDynamoDbStore({ ...spec, ...('prefix' in spec ? tableNames(spec.prefix) : spec) });
    }
  }
}
