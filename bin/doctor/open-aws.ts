import type { DoctorAws } from './aws';
import { bootstrapVersion, identity, outputs, secret } from './sdk/account';
import { image, weights } from './sdk/artifacts';
import { instance, quota } from './sdk/compute';
import { model } from './sdk/models';

/** AWS itself, in one region. A client is loaded when its first question is asked. */
export function openAws(region: string): DoctorAws {
  return {
    identity: () => identity(region),
    bootstrapVersion: () => bootstrapVersion(region),
    quota: (code) => quota(region, code),
    instance: (type) => instance(region, type),
    model,
    secret: (nameOrArn) => secret(region, nameOrArn),
    weights: (place) => weights(region, place),
    image,
    outputs: (stack) => outputs(region, stack),
  };
}
