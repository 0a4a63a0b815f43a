import { UserError } from '../commands/command';

/** The region asked for, else that of the environment or the profile, as every AWS client finds it. */
export async function regionOf(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const { STSClient } = await import('@aws-sdk/client-sts');
  try {
    return await new STSClient({}).config.region();
  } catch {
    throw new UserError('No region is set: say --region, or set AWS_REGION.');
  }
}
