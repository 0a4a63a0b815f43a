import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newKey } from '../../lambda/router/access/new-key';
import { type Started, startLocal } from '../bin/local/local-stack';
import { Browser } from '../fixtures/browser/browser';
import { describeInChromium, FAINT, VIEWS } from '../fixtures/browser/looks';
import type { Page, View } from '../fixtures/browser/page';
import { type StagedRouter, startStagedRouter } from '../lambda/router/page/staged-router';
import { seeded, stagedRecord } from '../lambda/router/page/staged-traffic';

const OUT = join(import.meta.dirname, '../../out/browser');
const WIDE: View = { width: 1280, scheme: 'light' };

const isShown = (id: string): string =>
  `(() => { const found = document.getElementById('${id}'); return found !== null && !found.hidden; })()`;

async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout: 10_000, message: expression }).toBe(true);
}

/** Charts whose canvas holds nothing but one colour. */
const BLANK = `[...document.querySelectorAll('.chart canvas')].filter((canvas) => {
  if (canvas.width < 100 || canvas.height < 40) return true;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]);
  return seen.size < 3;
}).length`;

/** What a screen reader would find without a name. */
const NAMELESS = `[...document.querySelectorAll('button, input, [role="img"], [role="region"], section, table')]
  .filter((found) => found.checkVisibility() && !(found.getAttribute('aria-label') || found.getAttribute('aria-labelledby') || found.caption
    || found.labels?.length || found.tagName === 'BUTTON' && found.textContent.trim()))
  .map((found) => found.outerHTML.slice(0, 120))`;

describeInChromium('the operator’s page in a browser', (executable) => {
  let browser: Browser;
  let router: StagedRouter;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    router = await startStagedRouter({ count: 30 });
    browser = await Browser.start(executable);
  });
  afterAll(async () => {
    await browser?.close();
    await router?.close();
  });

  async function open(view: View): Promise<Page> {
    const page = await browser.open(`${router.url}/`, view);
    await until(page, isShown('main'));
    return page;
  }

  it.each(VIEWS)(
    'is whole at $width pixels, $scheme: no fault, every chart drawn, nothing asked elsewhere',
    async (view) => {
      const page = await open(view);
      await page.screenshot(join(OUT, `page-${view.width}-${view.scheme}.png`));
      expect(page.faults).toEqual([]);
      expect(page.asked.filter((url) => !url.startsWith(`${router.url}/operator/`))).toEqual([]);
      expect(await page.evaluate("document.querySelectorAll('.chart canvas').length")).toBe(4);
      expect(await page.evaluate(BLANK)).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
      expect(await page.evaluate(FAINT)).toEqual([]);
      expect(await page.evaluate(NAMELESS)).toEqual([]);
      await page.close();
    },
  );

  it('tells a screen reader what the charts show, and has landmarks and one order of headings', async () => {
    const page = await open(WIDE);
    const labels = await page.evaluate<string[]>(
      "[...document.querySelectorAll('[role=img]')].map((chart) => chart.ariaLabel)",
    );
    expect(labels[0]).toMatch(/^Cost of the last 24 hours: \$[\d.,]+; small \$/);
    expect(labels[1]).toMatch(/^ticket-triage, last 24 hours: [\d.]+ % of [\d,]+ requests escalated; baseline 8\.0 %/);
    expect(
      await page.evaluate("['header', 'main', 'footer'].every((name) => document.querySelectorAll(name).length === 1)"),
    ).toBe(true);
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.getClientRects().length > 0).map((one) => Number(one.tagName[1]))",
    );
    expect(levels[0]).toBe(1);
    expect(levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1)).toBe(true);
    await page.close();
  });

  it('opens a decision to its reasons by the keyboard alone, and keeps it and the focus when news comes', async () => {
    const page = await open(WIDE);
    const focused = "document.activeElement?.classList.contains('opener') ?? false";
    for (let presses = 0; presses < 40 && !(await page.evaluate(focused)); presses++) await page.press('Tab');
    expect(await page.evaluate(focused)).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.press('Enter');
    await until(page, "document.querySelector('.reasons .detail') !== null");
    const reasons = await page.evaluate<string>("document.querySelector('.reasons').textContent");
    for (const part of ['Score', 'reasoning depth', 'P(pass)', '91.0 %', 'Excluded tiers', 'edge', 'Attempts'])
      expect(reasons).toContain(part);
    const rows = await page.evaluate<number>("document.querySelectorAll('.decisions .opener').length");
    const before = await page.evaluate<string>('document.activeElement.ariaLabel');
    await router.store.attributions.put(stagedRecord(Date.now() + 1000, seeded(77), { requestId: 'req-news' }));
    await until(page, "document.querySelector('[data-key=req-news]') !== null");
    expect(rows).toBeGreaterThan(10);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(before);
    expect(await page.evaluate('document.activeElement.ariaExpanded')).toBe('true');
    expect(await page.evaluate("document.querySelectorAll('.reasons .detail').length")).toBe(1);
    await page.press('Enter');
    expect(await page.evaluate("document.querySelectorAll('.reasons').length")).toBe(0);
    expect(page.faults).toEqual([]);
    await page.close();
  });

  it('shows other times and the figures as a table', async () => {
    const page = await open({ width: 390, scheme: 'dark' });
    await page.evaluate("document.querySelector('#range input[value=month]').click()");
    expect(await page.evaluate("document.querySelector('#cost [role=img]').ariaLabel")).toMatch(/last 30 days/);
    await page.evaluate("document.querySelector('#cost summary').click()");
    await until(page, "document.querySelectorAll('#cost tbody tr').length === 30");
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.close();
  });

  it('says what to do where nothing has been asked yet', async () => {
    const empty = await startStagedRouter();
    const page = await browser.open(`${empty.url}/`, WIDE);
    await until(page, isShown('main'));
    await page.screenshot(join(OUT, 'page-empty.png'));
    const text = await page.evaluate<string>("document.querySelector('main').innerText");
    expect(text).toContain('No request yet. Send one to /v1/chat/completions');
    expect(text).toContain('No costs in this time');
    expect(page.faults).toEqual([]);
    await page.close();
    await empty.close();
  });

  it('asks for an operator’s key where keys are in force, keeps it from scripts, and forgets it', async () => {
    const keyed = await startStagedRouter({ access: { callers: 'keyed' }, count: 2 });
    const { record, secret } = newKey({ customer: 'acme', operator: true }, Date.now());
    await keyed.store.keys.add(record);
    const page = await browser.open(`${keyed.url}/`, WIDE);
    await until(page, isShown('sign-in'));
    await page.screenshot(join(OUT, 'page-sign-in.png'));
    expect(await page.evaluate('document.activeElement.id')).toBe('key');
    const signIn = (key: string): Promise<unknown> =>
      page.evaluate(
        `document.getElementById('key').value = '${key}'; document.getElementById('sign-in').requestSubmit()`,
      );
    await signIn('tw_wrong');
    await until(page, "document.getElementById('sign-in-fault').textContent.includes('not a key')");
    await signIn(secret);
    await until(page, isShown('main'));
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.evaluate("document.getElementById('sign-out').click()");
    await until(page, isShown('sign-in'));
    expect(await page.evaluate("fetch('operator/state').then(({ status }) => status)")).toBe(401);
    await page.close();
    await keyed.close();
  });
});

describeInChromium('the operator’s page of the local stack', (executable) => {
  let browser: Browser;
  let stack: Started;
  let url: string;

  beforeAll(async () => {
    stack = startLocal('start', [], { PORT: '0' });
    url = (await stack.printed(/tierwise ready (\S+)/))[1] as string;
    browser = await Browser.start(executable);
    await ask();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    stack?.interrupt('SIGINT');
    await stack?.ended;
  });

  async function ask(): Promise<void> {
    const messages = [{ role: 'user', content: 'Hello.' }];
    const body = JSON.stringify({ model: 'auto', messages });
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
    await response.text();
    expect(response.status).toBe(200);
  }

  it('is there within a second, and shows a request seconds after it was answered', async () => {
    await (await fetch(`${url}/operator/state`)).text();
    const startedAt = performance.now();
    const page = await browser.open(`${url}/`, WIDE);
    await until(page, isShown('main'));
    const took = performance.now() - startedAt;
    await until(page, "document.querySelectorAll('.decisions .opener').length === 1");
    await ask();
    await until(page, "document.querySelectorAll('.decisions .opener').length === 2");
    await page.screenshot(join(OUT, 'page-local-stack.png'));
    expect(page.faults).toEqual([]);
    expect(took).toBeLessThan(1000);
    await page.close();
  });
});
