import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CallsUnderWay, UNDER_WAY } from '../../../bin/profile/calls-under-way';
import type { CallOrder } from '../../../lib/core/analysis/profile/run/call-tier';
import { scratch } from '../command-line';

const scratched = scratch();
afterAll(() => scratched.remove());

let folders = 0;
function aFolder(): string {
  folders += 1;
  const path = join(scratched.path, `run-${folders}`);
  mkdirSync(path);
  return path;
}

const NONE = new Map<string, number>();

function order(row: string, expectedUsd = 0.01): CallOrder {
  const estimate = { expectedUsd, worstUsd: 1 };
  return { about: { row, tier: 'small', sample: 0 }, kind: 'small sort', estimate } as CallOrder;
}

describe('calls under way', () => {
  it('leave nothing behind once each is answered, or has come to nothing', () => {
    const folder = aFolder();
    const calls = CallsUnderWay.in(folder, NONE);
    calls.begun(order('1'));
    calls.begun(order('1'));
    calls.begun(order('2'))();
    calls.answered(order('1').about);
    calls.close();
    expect(existsSync(join(folder, UNDER_WAY))).toBe(false);
  });

  it('count as paid in the next run, at their estimate or the dearest of their kind, and only once', () => {
    const folder = aFolder();
    const killed = CallsUnderWay.in(folder, NONE);
    killed.begun(order('1', 0.01));
    killed.begun(order('2', 0.05));
    killed.begun(order('3'));
    killed.answered(order('3').about);
    // Nothing is closed: the process is gone.
    const next = CallsUnderWay.in(folder, new Map([['small sort', 0.02]]));
    expect(next.lostLast).toEqual({ calls: 2, usd: expect.closeTo(0.07) });
    next.begun(order('1'));
    next.answered(order('1').about);
    next.close();
    const last = CallsUnderWay.in(folder, new Map([['small sort', 9]]));
    expect(last.lostLast).toEqual({ calls: 0, usd: 0 });
    expect(last.lost).toEqual({ calls: 2, usd: expect.closeTo(0.07) });
    last.close();
  });

  it('are read although the last line is written by half', () => {
    const folder = aFolder();
    CallsUnderWay.in(folder, NONE).begun(order('1'));
    appendFileSync(join(folder, UNDER_WAY), '{"call":7,"ki');
    expect(CallsUnderWay.in(folder, NONE).lostLast.calls).toBe(1);
  });

  it('do not fill the disk, however many there are', () => {
    const folder = aFolder();
    const calls = CallsUnderWay.in(folder, NONE);
    calls.begun(order('open'));
    for (let row = 0; row < 60_000; row += 1) calls.begun(order(String(row)))();
    calls.begun(order('late'));
    expect(CallsUnderWay.in(folder, NONE).lostLast.calls).toBe(2);
  });
});
