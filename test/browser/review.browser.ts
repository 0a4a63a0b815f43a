import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readVerdicts } from '../../lib/core/analysis/profile/review/read-verdicts';
import { reviewPage } from '../../lib/core/analysis/profile/review/review-page';
import type { ReviewItem } from '../../lib/core/analysis/profile/review/review-sheet';
import { Browser } from '../fixtures/browser/browser';
import { describeInChromium, FAINT, VIEWS } from '../fixtures/browser/looks';
import type { View } from '../fixtures/browser/page';

const OUT = join(import.meta.dirname, '../../out/browser');

const ITEMS: readonly ReviewItem[] = ['small', 'mid', 'small'].map((tier, index) => ({
  row: `row, ${index}`,
  task: 'ticket-triage',
  tier,
  prompt: `[system]\nSort this.\n\n[user]\n${'Where is my invoice? '.repeat(30)}<script>alert(1)</script>`,
  expect: 'billing',
  answer: index === 0 ? 'billing' : `${'a-very-long-word-'.repeat(40)}`,
}));

describeInChromium('the review sheet in a browser', (executable) => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    const file = join(OUT, 'review.html');
    writeFileSync(file, reviewPage(ITEMS, { 'ticket-triage': 'exactly one of five labels' }, 'a-sheet'));
    url = pathToFileURL(file).href;
    browser = await Browser.start(executable);
  });
  afterAll(() => browser?.close());

  it.each(VIEWS)('is whole and readable at $width pixels, $scheme', async (view) => {
    const page = await browser.open(url, view);
    await page.screenshot(join(OUT, `review-${view.width}-${view.scheme}.png`));
    expect([page.faults, page.asked]).toEqual([[], []]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    expect(await page.evaluate(FAINT)).toEqual([]);
    await page.close();
  });

  it('takes verdicts by keyboard, counts and keeps them, and hands over what profiling reads', async () => {
    const first = await browser.open(url, VIEWS[0] as View);
    await first.evaluate("document.querySelector('input[value=pass]').focus()");
    await first.press(' ');
    await first.evaluate("document.querySelectorAll('input[value=fail]')[1].click()");
    expect(await first.evaluate("document.querySelector('output').textContent")).toBe('2 of 3 judged');
    await first.close();
    const page = await browser.open(url, VIEWS[0] as View);
    expect(await page.evaluate("document.querySelector('output').textContent")).toBe('2 of 3 judged');
    const file = join(OUT, 'review.csv');
    rmSync(file, { force: true });
    await browser.downloadInto(OUT);
    await page.evaluate("document.querySelector('button').click()");
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 10_000 }).toBeTruthy();
    const csv = readFileSync(file, 'utf8');
    expect(readVerdicts(csv, ['small', 'mid'])).toEqual({
      verdicts: [
        { row: 'row, 0', tier: 'small', pass: true },
        { row: 'row, 1', tier: 'mid', pass: false },
      ],
      open: 1,
      faults: [],
    });
    expect(page.faults).toEqual([]);
    await page.close();
  });
});
