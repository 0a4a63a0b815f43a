import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderProfileReport } from '../../lib/core/analysis/profile/report/render';
import { aReport } from '../core/analysis/profile/report/a-report';
import { Browser } from '../fixtures/browser/browser';
import { describeInChromium, FAINT, MISDRAWN, VIEWS } from '../fixtures/browser/looks';
import type { View } from '../fixtures/browser/page';

const OUT = join(import.meta.dirname, '../../out/browser');

describeInChromium('the report in a browser', (executable) => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    const { profile, extras } = aReport();
    const file = join(OUT, 'report.html');
    writeFileSync(file, renderProfileReport(profile, extras));
    url = pathToFileURL(file).href;
    browser = await Browser.start(executable);
  });
  afterAll(() => browser?.close());

  async function looked(view: View) {
    const page = await browser.open(url, view);
    await page.screenshot(join(OUT, `report-${view.width}-${view.scheme}.png`));
    return page;
  }

  it.each(VIEWS)('is whole at $width pixels, $scheme: no fault, nothing asked for, every chart drawn', async (view) => {
    const page = await looked(view);
    expect(page.faults).toEqual([]);
    expect(page.asked).toEqual([]);
    expect(await page.evaluate(MISDRAWN)).toEqual([]);
    expect(await page.evaluate("document.querySelectorAll('svg.plot').length")).toBe(6);
    expect(await page.evaluate("document.querySelectorAll('svg.plot .mark').length")).toBeGreaterThan(24);
    await page.close();
  });

  it.each(VIEWS)(
    'scrolls down alone at $width pixels, $scheme, and every text stands out from its ground',
    async (view) => {
      const page = await browser.open(url, view);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
      expect(await page.evaluate(FAINT)).toEqual([]);
      await page.close();
    },
  );

  it('is dark where its reader wants it dark', async () => {
    const grounds = await Promise.all(
      (['light', 'dark'] as const).map(async (scheme) => {
        const page = await browser.open(url, { width: 1280, scheme });
        const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        await page.close();
        return ground;
      }),
    );
    expect(grounds).toEqual(['rgb(251, 250, 247)', 'rgb(20, 23, 26)']);
  });

  it('shows the verdict without scrolling, and lets the keyboard reach it and every table', async () => {
    const page = await browser.open(url, { width: 390, scheme: 'light' });
    const top = await page.evaluate<number>("document.querySelector('#verdict').getBoundingClientRect().bottom");
    expect(top).toBeLessThan(400);
    await page.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the verdict');
    const reachable = "[...document.querySelectorAll('.scroll')].every((one) => one.tabIndex === 0 && one.ariaLabel)";
    expect(await page.evaluate(reachable)).toBe(true);
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1,h2,h3')].map((one) => +one.tagName[1])",
    );
    expect(levels.every((level, index) => index === 0 || level <= (levels[index - 1] as number) + 1)).toBe(true);
    await page.close();
  });
});
