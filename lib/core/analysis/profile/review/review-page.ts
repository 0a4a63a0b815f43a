import { html, type Markup } from '../report/markup';
import { standalonePage } from '../report/page';
import { PAGE_STYLE } from '../report/style';
import { reviewCode } from './review-code';
import { type Acceptable, expectText, type ReviewItem } from './review-sheet';

const STYLE = `${PAGE_STYLE}
.item { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 16px 0; scroll-margin-top: 64px; }
.item.pass { border-left: 6px solid var(--good); } .item.fail { border-left: 6px solid var(--poor); }
.item h3 { margin: 12px 0 4px; font-size: .82rem; color: var(--soft); font-weight: 500; }
.item pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; max-height: 20em; overflow: auto; }
.item .answer { background: var(--soft-wash); border-radius: 6px; padding: 10px 12px; }
fieldset { border: 0; padding: 0; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; }
legend { position: absolute; clip-path: inset(50%); }
label { display: inline-flex; gap: 6px; align-items: center; min-height: 32px; }
input[type=text] { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; width: min(100%, 340px); }
.bar { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); padding: 10px 0; display: flex; gap: 16px; align-items: center; flex-wrap: wrap; z-index: 1; }
button { font: inherit; font-weight: 600; color: var(--paper); background: var(--accent); border: 0; border-radius: 6px; padding: 8px 16px; cursor: pointer; }
`;

/** Keeps what was chosen in the browser, counts it, and hands it over as CSV. */
const SCRIPT = `
const form = document.querySelector('form');
const items = [...document.querySelectorAll('.item')];
const key = 'review ' + form.dataset.sheet;
const kept = (() => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } })();
const read = (item) => ({
  id: item.dataset.id,
  verdict: item.querySelector('input[type=radio]:checked')?.value ?? '',
  remark: item.querySelector('input[type=text]').value,
});
const cell = (text) => {
  const safe = /^[=+\\-@\\t\\r]/.test(text) ? "'" + text : text;
  return /[",;\\r\\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
};
const csv = () => [['id', 'verdict', 'remark'], ...items.map(read).map(({ id, verdict, remark }) => [id, verdict, remark])]
  .map((cells) => cells.map(cell).join(',') + '\\r\\n').join('');
const show = () => {
  const all = items.map(read);
  items.forEach((item, index) => { item.className = 'item ' + all[index].verdict; });
  const done = all.filter(({ verdict }) => verdict !== '').length;
  document.querySelector('output').textContent = done + ' of ' + items.length + ' judged';
  return all;
};
for (const item of items) {
  const { verdict, remark = '' } = kept[item.dataset.id] ?? {};
  if (verdict) item.querySelector('input[value="' + verdict + '"]').checked = true;
  item.querySelector('input[type=text]').value = remark;
}
show();
form.addEventListener('input', () => {
  const all = show();
  try { localStorage.setItem(key, JSON.stringify(Object.fromEntries(all.map((one) => [one.id, one])))); } catch {}
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
  link.download = 'review.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
});
`;

/** The sheet as a page that stands alone: read, choose pass or fail, download. `sheet` tells one sheet from another. */
export function reviewPage(items: readonly ReviewItem[], acceptable: Acceptable, sheet: string): string {
  return standalonePage({
    title: 'Review of answers',
    style: STYLE,
    script: SCRIPT,
    body: html`<div class="page">
<h1>Review of answers</h1>
<p>Judge each answer by what its task calls acceptable: would you have let it go out? Whose answer it is is not told. What you choose is kept in this browser; when you are done, or in between, download it.</p>
<form data-sheet="${sheet}">
<div class="bar"><button type="submit">Download CSV</button><output aria-live="polite"></output></div>
${items.map((item, index) => article(item, index, acceptable))}
</form>
</div>`,
  });
}

function article(
  { row, tier, task, prompt, expect, answer }: ReviewItem,
  index: number,
  acceptable: Acceptable,
): Markup {
  const name = `item-${index}`;
  const expected = expectText(expect);
  const good = acceptable[task] ?? '';
  return html`<article class="item" data-id="${reviewCode(row, tier)}" aria-labelledby="${name}">
<h2 id="${name}" style="margin:0;font-size:1rem">${index + 1}. ${task}</h2>
${good !== '' && html`<h3>Acceptable</h3><pre>${good}</pre>`}
<h3>Asked</h3><pre tabindex="0">${prompt}</pre>
${expected !== '' && html`<h3>Expected</h3><pre>${expected}</pre>`}
<h3>Answered</h3><pre class="answer" tabindex="0">${answer}</pre>
<fieldset><legend>Verdict on ${index + 1}</legend>
<label><input type="radio" name="${name}" value="pass"> pass</label>
<label><input type="radio" name="${name}" value="fail"> fail</label>
<label>remark <input type="text" aria-label="Remark on ${index + 1}"></label>
</fieldset>
</article>`;
}
