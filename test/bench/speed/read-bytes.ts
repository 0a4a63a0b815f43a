import type { IncomingMessage } from 'node:http';

export function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const reads: Buffer[] = [];
    request.on('data', (bytes: Buffer) => reads.push(bytes));
    request.on('end', () => resolve(Buffer.concat(reads)));
    request.on('error', reject);
  });
}
