import { type Terminal, UserError } from '../command';

/** Asks for the name once more: what goes does not come back. */
export async function confirm(customer: string, place: string, { ask }: Terminal): Promise<void> {
  if (ask === undefined) {
    throw new UserError('Nobody is here to be asked. Say --yes to erase for good, or --dry-run to see what would go.');
  }
  const typed = await ask(`Everything that ${place} keeps about this customer goes for good. Type its name to go on: `);
  if (typed.trim() !== customer) throw new UserError('That is another name. Nothing was changed.');
}
