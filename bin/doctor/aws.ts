import type { RegistryPlace, S3Place } from '../../lib/core/analysis/doctor/artifacts';
import type {
  Identity,
  ImageFact,
  InstanceFact,
  ModelFact,
  SecretFact,
  WeightsFact,
} from '../../lib/core/analysis/doctor/facts';

/** What the doctor asks of AWS, one question each. Every one rejects when it gets no answer. */
export interface DoctorAws {
  identity(): Promise<Identity>;
  /** Version of the bootstrap stack, or undefined when there is none. */
  bootstrapVersion(): Promise<number | undefined>;
  /** A quota of EC2 by its code, in virtual processors. */
  quota(code: string): Promise<number>;
  instance(type: string): Promise<InstanceFact>;
  /** A model or inference profile of Bedrock, in the region that will be asked. */
  model(id: string, region: string): Promise<ModelFact>;
  secret(nameOrArn: string): Promise<SecretFact>;
  weights(place: S3Place): Promise<WeightsFact>;
  image(place: RegistryPlace): Promise<ImageFact>;
  /** Outputs of a deployed stack by name, or undefined when there is no such stack. */
  outputs(stack: string): Promise<Readonly<Record<string, string>> | undefined>;
}
