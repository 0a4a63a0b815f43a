type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children; `false` and undefined attributes are left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element of the page's own text with this id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as Kind;
}

/** Sets the text where it differs, so that nothing is drawn and nothing is read out again without cause. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes a parent's children those of the items, in their order, after those that are nobody's. An item that was there keeps
 * its element, with the focus and whatever is open in it.
 */
export function keepChildren<Item, Made extends HTMLElement>(
  parent: HTMLElement,
  items: readonly Item[],
  how: {
    readonly key: (item: Item) => string;
    readonly make: (item: Item) => Made;
    readonly update?: (made: Made, item: Item) => void;
  },
): void {
  const keyed = [...parent.children].filter((child) => (child as HTMLElement).dataset.key !== undefined) as Made[];
  const there = new Map(keyed.map((child) => [child.dataset.key ?? '', child]));
  let before: Element | null = keyed[0] ?? null;
  const wanted = new Set(items.map(how.key));
  for (const [key, child] of there) {
    if (wanted.has(key)) continue;
    if (child === before) before = child.nextElementSibling;
    child.remove();
  }
  for (const item of items) {
    const key = how.key(item);
    const made = there.get(key) ?? how.make(item);
    made.dataset.key = key;
    how.update?.(made, item);
    if (made === before) before = before.nextElementSibling;
    else parent.insertBefore(made, before);
  }
}
