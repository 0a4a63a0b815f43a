import * as http from 'node:http';
import * as https from 'node:https';
import { agentFor } from '../providers/agents';

/** Reads what a host tells of its load, as text. Rejects where it does not. */
export type ReadMetrics = (url: string, headers: Readonly<Record<string, string>>) => Promise<string>;

/** A host that takes longer is asked again later; a request waits for none of this. */
const TIMEOUT_MS = 1000;
/** A host with many models and engines tells some hundred kilobytes. */
const MAX_BYTES = 4_194_304;

export const readMetrics: ReadMetrics = (url, headers) => {
  const target = new URL(url);
  const { get } = target.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = get(target, { agent: agentFor(target), headers: { 'user-agent': 'tierwise', ...headers } });
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    timer.unref();
    request.once('close', () => clearTimeout(timer));
    request.once('error', reject);
    request.once('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > MAX_BYTES) response.destroy(new Error(`more than ${MAX_BYTES} bytes`));
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(parts).toString('utf8'));
        else reject(new Error(`HTTP ${response.statusCode}`));
      });
    });
  });
};
