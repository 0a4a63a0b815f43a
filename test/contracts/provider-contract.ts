import { describe } from 'vitest';
import { answersContract } from './provider/answers';
import { benchOf, type ProviderHarness } from './provider/bench';
import { failuresContract } from './provider/failures';
import { leavingContract } from './provider/leaving';
import { progressContract } from './provider/progress';
import { requestsContract } from './provider/requests';
import { toolsContract } from './provider/tools';
import { unsupportedContract } from './provider/unsupported';
import { usageContract } from './provider/usage';

/** What every provider must do, against a host that speaks its wire over real sockets. */
export function providerContract(name: string, makeHarness: () => ProviderHarness): void {
  describe(`the ${name} provider`, () => {
    const bench = benchOf(makeHarness());
    answersContract(bench);
    usageContract(bench);
    requestsContract(bench);
    toolsContract(bench);
    failuresContract(bench);
    leavingContract(bench);
    progressContract(bench);
    unsupportedContract(bench);
  });
}
