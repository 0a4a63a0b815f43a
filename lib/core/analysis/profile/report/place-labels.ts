/** A mark on a chart and what is written beside it. Places in percent of the drawing. */
export interface Marked {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

export interface PlacedLabel {
  /** Pixels from the mark. */
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The narrowest a drawing gets, in pixels: what fits there fits everywhere. */
const NARROWEST = 300;
const LETTER = 7;
const LINE = 14;

const PLACES: readonly PlacedLabel[] = [
  { dx: 10, dy: 4, anchor: 'start' },
  { dx: -10, dy: 4, anchor: 'end' },
  { dx: 0, dy: -12, anchor: 'middle' },
  { dx: 0, dy: 20, anchor: 'middle' },
  { dx: 8, dy: -12, anchor: 'start' },
  { dx: -8, dy: -12, anchor: 'end' },
  { dx: 8, dy: 20, anchor: 'start' },
  { dx: -8, dy: 20, anchor: 'end' },
];

/** A side of each mark on which its label covers no other mark and no label placed before; undefined where there is none. */
export function placeLabels(marks: readonly Marked[], height: number): readonly (PlacedLabel | undefined)[] {
  const taken: Box[] = marks.map((mark) => around(mark, height));
  return marks.map((mark, index) => {
    const free = PLACES.find((place) => {
      const box = boxOf(mark, place, height);
      const isInside = box.left >= 0 && box.right <= NARROWEST && box.top >= 0 && box.bottom <= height;
      return isInside && taken.every((other, at) => at === index || !overlap(box, other));
    });
    if (free !== undefined) taken.push(boxOf(mark, free, height));
    return free;
  });
}

function around({ x, y }: Marked, height: number): Box {
  const [left, top] = [(x / 100) * NARROWEST, (y / 100) * height];
  return { left: left - 7, right: left + 7, top: top - 7, bottom: top + 7 };
}

function boxOf({ x, y, label }: Marked, { dx, dy, anchor }: PlacedLabel, height: number): Box {
  const width = label.length * LETTER;
  const at = (x / 100) * NARROWEST + dx;
  const left = anchor === 'start' ? at : anchor === 'end' ? at - width : at - width / 2;
  const base = (y / 100) * height + dy;
  return { left, right: left + width, top: base - LINE + 3, bottom: base + 3 };
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
