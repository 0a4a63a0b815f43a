/** Texts of our own with their token counts in o200k_base and cl100k_base, counted with gpt-tokenizer 4.0.0. */
export interface TokenSample {
  readonly kind: string;
  readonly text: string;
  readonly o200k: number;
  readonly cl100k: number;
}

const LETTER = `Dear support team, I ordered two desk lamps on Monday and was promised delivery before the weekend. It is now
Wednesday of the following week, and the tracking page still says that the parcel is waiting at your warehouse in Leipzig.
I called twice. The first colleague told me the address was incomplete, which it is not; the second one apologised and
said somebody would ring me back within an hour. Nobody did. I would like to know, in plain words, whether the lamps will
arrive this week, and if they will not, how I get my money back without waiting another ten days. Kind regards, Johanna.`;

const CODE = `export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

class RetryPolicy:
    def __init__(self, max_attempts=3, base_delay=0.25):
        self.max_attempts = max_attempts
        self.base_delay = base_delay

    def delays(self):
        for attempt in range(self.max_attempts - 1):
            yield self.base_delay * (2 ** attempt)
`;

const ORDERS = [
  {
    id: 10231,
    customer: 'Johanna Weiss',
    email: 'johanna@example.com',
    total: 119.8,
    paid: true,
    items: ['lamp', 'bulb'],
  },
  { id: 10232, customer: 'Pierre Martin', email: 'p.martin@example.org', total: 42.5, paid: false, items: ['chair'] },
  { id: 10233, customer: 'Aiko Tanaka', email: 'aiko@example.net', total: 7.25, paid: true, items: [] },
];

const CHINESE =
  '请问我的订单什么时候可以送到？我上周一买了两盏台灯，到现在还没有收到。如果这周不能送到，请把钱退给我。';
const JAPANESE =
  '先週の月曜日にランプを二つ注文しましたが、まだ届いていません。今週中に届かない場合は、返金をお願いします。';

export const TOKEN_SAMPLES: readonly TokenSample[] = [
  { kind: 'English prose', text: LETTER, o200k: 129, cl100k: 129 },
  { kind: 'code', text: CODE, o200k: 162, cl100k: 158 },
  { kind: 'JSON in one line', text: JSON.stringify(ORDERS), o200k: 105, cl100k: 107 },
  { kind: 'indented JSON', text: JSON.stringify(ORDERS, null, 2), o200k: 175, cl100k: 176 },
];

/** Scripts without spaces are estimated at one token a character: between what newer and older tokenizers make of them. */
export const UNSPACED_SAMPLES: readonly string[] = [CHINESE, JAPANESE];
