import { describe, expect, it } from 'vitest';
import { readProjected } from '../../../bin/commands/report/projected';
import { readRevenue } from '../../../bin/commands/report/revenue';

function terminal(text: string) {
  return { out: () => {}, err: () => {}, readStdin: async () => text, environment: {} };
}

async function read(text: string) {
  return Object.fromEntries(await readRevenue('-', terminal(text)));
}

describe('revenues', () => {
  it.each([
    ['JSON', '{"acme": 1200, "beta, inc": 0}'],
    ['CSV with a heading', 'customer,usdPerMonth\r\nacme,1200\r\n"beta, inc",0\r\n'],
    ['CSV without one, with blank lines and spaces', '\uFEFF acme , 1200 \n\n"beta, inc",0'],
  ])('are read from %s', async (_name, text) => {
    expect(await read(text)).toEqual({ acme: 1200, 'beta, inc': 0 });
  });

  it('may be of a customer called as what objects have', async () => {
    const revenue = await readRevenue('-', terminal('{"__proto__": 5, "constructor": 6}'));
    expect([...revenue]).toEqual([
      ['__proto__', 5],
      ['constructor', 6],
    ]);
  });

  it.each([
    ['an amount in words', 'acme,plenty', 'standard input, line 1, has "plenty"; give USD a month from 0.'],
    ['no amount', 'customer,usd\nacme,', 'standard input, line 2, has ""; give USD a month from 0.'],
    ['a debt', '{"acme": -5}', 'standard input, customer "acme", has -5; give USD a month from 0.'],
    ['a thousands separator', 'acme,1,200', 'standard input, line 1, is no customer and amount'],
    [
      'semicolons between',
      'customer;usd\nacme;1200,50',
      'standard input, line 1, is no customer and amount; write lines such as acme,1200.50: a comma between the two, a point in the number.',
    ],
    [
      'a decimal comma',
      'acme,"1200,50"',
      'standard input, line 1, has "1200,50"; give USD a month from 0, with a point and no comma in it.',
    ],
    ['a customer twice', 'acme,1\nbeta,2\nacme,3', 'standard input, line 3, names "acme" a second time.'],
    ['nothing', 'customer,usd\n', 'standard input names no customer'],
    ['broken JSON', '{"acme": 1', 'standard input is no JSON'],
  ])('are refused with %s', async (_name, text, message) => {
    await expect(read(text)).rejects.toThrow(`--revenue: ${message}`);
  });
});

describe('a projection', () => {
  it.each([
    ['of tierwise project', '{"perTier": {"small": {"usd": 12.5, "idleUsd": 1}, "large": {"usd": 0}}}'],
    ['in the words of a policy', '{"monthlyUsd": 13, "perTier": {"small": 12.5, "large": 0}}'],
  ])('%s gives the bill of each tier', async (_name, text) => {
    expect(await readProjected('-', terminal(text))).toEqual({ small: 12.5, large: 0 });
  });

  it.each([
    ['perTier: {}', 'standard input is no JSON'],
    ['null', 'standard input has no perTier; give what tierwise project --json prints.'],
    ['{"perTier": [1]}', 'has no perTier'],
    ['{"perTier": {"small": {"usd": -1}}}', 'has no amount for tier "small"'],
    ['{"perTier": {"small": "much"}}', 'has no amount for tier "small"'],
  ])('is refused where it is %s', async (text, message) => {
    await expect(readProjected('-', terminal(text))).rejects.toThrow(message);
  });
});
