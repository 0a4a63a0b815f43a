export interface TextBlock {
  /** As it stands, without the blank lines around it. */
  readonly text: string;
  /** What stands between the block before, or the beginning, and this one. */
  readonly gap: string;
  /** Whether every blank in it may count: fenced code, or a line that is indented. */
  readonly verbatim: boolean;
}

/** As in Markdown: three or more of one kind, and behind backticks no more of them. */
const FENCE = /^[ \t]*(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)\n?$/;
const CLOSING_FENCE = /^[ \t]*(`{3,}|~{3,})[ \t]*\r?\n?$/;
const INDENTED = /^[ \t]+\S/;

/**
 * A text cut at its blank lines. From a fence to the one that closes it nothing is cut, nor to the end where none does. Gaps
 * and texts put together again are the text; a gap at the end stands before a block without text.
 */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let gap = '';
  let lines = '';
  let verbatim = false;
  /** The fence that is open. */
  let fence: string | undefined;

  const close = (): void => {
    if (lines === '') return;
    const end = verbatim ? lines.replace(/\r?\n$/, '') : lines.trimEnd();
    blocks.push({ text: end, gap, verbatim });
    gap = lines.slice(end.length);
    lines = '';
    verbatim = false;
  };

  for (const line of linesOf(text)) {
    if (fence !== undefined) {
      lines += line;
      if (!closes(line, fence)) continue;
      close();
      fence = undefined;
      continue;
    }
    fence = openedBy(line);
    if (fence !== undefined || line.trim() === '') close();
    if (fence === undefined && line.trim() === '') gap += line;
    else lines += line;
    if (fence !== undefined || INDENTED.test(line)) verbatim = true;
  }
  close();
  if (gap !== '') blocks.push({ text: '', gap, verbatim: false });
  return blocks;
}

function openedBy(line: string): string | undefined {
  const match = FENCE.exec(line);
  return match?.[1] ?? match?.[2];
}

function closes(line: string, fence: string): boolean {
  return CLOSING_FENCE.exec(line)?.[1]?.startsWith(fence) === true;
}

/** Each with its line break. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
