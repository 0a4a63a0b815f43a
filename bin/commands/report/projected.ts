import type { MonthlyUsdPerTier } from '../../../lib/core/analysis/report/tier-bills';
import type { Policy } from '../../../lib/core/types-policy';
import { readInput, sourceName, type Terminal, UserError } from '../command';

/** USD a month by tier, as `tierwise project --json` gives them. */
export async function readProjected(file: string, terminal: Terminal): Promise<MonthlyUsdPerTier> {
  const text = await readInput(file, terminal);
  const perTier = perTierOf(text, file);
  const entries = Object.entries(perTier).map(([tier, bill]) => [tier, usdOf(bill)] as const);
  const wrong = entries.find(([, usd]) => usd === undefined);
  if (wrong !== undefined) throw fault(file, `has no amount for tier "${wrong[0]}"`);
  return Object.fromEntries(entries) as MonthlyUsdPerTier;
}

function perTierOf(text: string, file: string): object {
  let document: { readonly perTier?: unknown } | null;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw fault(file, `is no JSON (${(error as Error).message})`);
  }
  const perTier = document?.perTier;
  if (typeof perTier === 'object' && perTier !== null && !Array.isArray(perTier)) return perTier;
  throw fault(file, 'has no perTier');
}

/** What to say of tiers in a projection that the policy has not; nothing where no policy is known. */
export function notesOnProjected(projected: MonthlyUsdPerTier | undefined, policy: Policy | undefined): string[] {
  if (projected === undefined || policy === undefined) return [];
  const missing = Object.keys(projected).filter((tier) => !Object.hasOwn(policy.tiers, tier));
  if (missing.length === 0) return [];
  const known = Object.keys(policy.tiers).join(', ');
  return [`The projection has ${missing.map((tier) => `"${tier}"`).join(', ')}; the tiers of the policy are ${known}.`];
}

/** An amount, as a policy has it, or a tier's whole bill. */
function usdOf(bill: unknown): number | undefined {
  const usd = typeof bill === 'object' && bill !== null ? (bill as { readonly usd?: unknown }).usd : bill;
  return typeof usd === 'number' && Number.isFinite(usd) && usd >= 0 ? usd : undefined;
}

function fault(file: string, what: string): UserError {
  return new UserError(`--projection: ${sourceName(file)} ${what}; give what tierwise project --json prints.`, {
    file,
  });
}
