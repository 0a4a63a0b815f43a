/**
 * Small assignments, each set in two languages. `name` is what the function is called in camel case; `parts` are pieces
 * that a right solution can hardly do without, by language. `{name}` in the text is written as the language writes it.
 */
export interface Assignment {
  readonly level: 'easy' | 'medium' | 'hard';
  readonly name: string;
  readonly text: string;
  readonly typescript: { readonly signature: string; readonly parts: readonly string[] };
  readonly python: { readonly signature: string; readonly parts: readonly string[] };
}

export const ASSIGNMENTS: readonly Assignment[] = [
  {
    level: 'easy',
    name: 'isPalindrome',
    text: 'tells whether a word reads the same in both directions, whatever its case',
    typescript: { signature: '(word: string): boolean', parts: ['toLowerCase()', 'return'] },
    python: { signature: '(word: str) -> bool', parts: ['.lower()', 'return'] },
  },
  {
    level: 'easy',
    name: 'countVowels',
    text: 'counts the letters a, e, i, o and u in a text, capital ones included',
    typescript: { signature: '(text: string): number', parts: ['aeiou', 'return'] },
    python: { signature: '(text: str) -> int', parts: ['aeiou', 'return'] },
  },
  {
    level: 'easy',
    name: 'celsiusToFahrenheit',
    text: 'turns degrees Celsius into degrees Fahrenheit',
    typescript: { signature: '(degrees: number): number', parts: ['32', 'return'] },
    python: { signature: '(degrees: float) -> float', parts: ['32', 'return'] },
  },
  {
    level: 'easy',
    name: 'sumOfEven',
    text: 'adds up those numbers of a list that can be divided by two',
    typescript: { signature: '(numbers: number[]): number', parts: ['% 2', 'return'] },
    python: { signature: '(numbers: list[int]) -> int', parts: ['% 2', 'return'] },
  },
  {
    level: 'easy',
    name: 'longestWord',
    text: 'returns the longest word of a sentence, and the first of them when several are equally long',
    typescript: { signature: '(sentence: string): string', parts: ['split(', '.length', 'return'] },
    python: { signature: '(sentence: str) -> str', parts: ['split(', 'len', 'return'] },
  },
  {
    level: 'easy',
    name: 'withoutDuplicates',
    text: 'drops repeated entries of a list and keeps the order in which they first came',
    typescript: { signature: '<T>(entries: T[]): T[]', parts: ['return'] },
    python: { signature: '(entries: list) -> list', parts: ['return'] },
  },
  {
    level: 'easy',
    name: 'initials',
    text: 'makes "A. B. C." out of a full name such as "Anna Berta Claus"',
    typescript: { signature: '(fullName: string): string', parts: ['split(', 'join(', 'return'] },
    python: { signature: '(full_name: str) -> str', parts: ['split(', 'join(', 'return'] },
  },
  {
    level: 'easy',
    name: 'clamp',
    text: 'keeps a number between a lower and an upper bound',
    typescript: {
      signature: '(value: number, low: number, high: number): number',
      parts: ['Math.min(', 'Math.max(', 'return'],
    },
    python: { signature: '(value: float, low: float, high: float) -> float', parts: ['min(', 'max(', 'return'] },
  },
  {
    level: 'easy',
    name: 'isLeapYear',
    text: 'says if a year has 366 days in the Gregorian calendar',
    typescript: { signature: '(year: number): boolean', parts: ['% 400', '% 100', '% 4'] },
    python: { signature: '(year: int) -> bool', parts: ['% 400', '% 100', '% 4'] },
  },
  {
    level: 'easy',
    name: 'average',
    text: 'gives the mean of a list, and zero for an empty one',
    typescript: { signature: '(numbers: number[]): number', parts: ['.length', 'return'] },
    python: { signature: '(numbers: list[float]) -> float', parts: ['len(', 'return'] },
  },
  {
    level: 'medium',
    name: 'slugify',
    text: 'turns a title into lower case words joined by hyphens; runs of anything that is not a letter or a digit become one hyphen, none at either end',
    typescript: { signature: '(title: string): string', parts: ['toLowerCase()', '.replace(', 'return'] },
    python: { signature: '(title: str) -> str', parts: ['import re', '.lower()', 're.sub('] },
  },
  {
    level: 'medium',
    name: 'groupBy',
    text: 'sorts records into groups by the value of a named field and returns the groups by that value',
    typescript: {
      signature: '(records: Record<string, unknown>[], field: string): Record<string, Record<string, unknown>[]>',
      parts: ['push(', 'return'],
    },
    python: {
      signature: '(records: list[dict], field: str) -> dict[str, list[dict]]',
      parts: ['append(', 'return'],
    },
  },
  {
    level: 'medium',
    name: 'romanToNumber',
    text: 'reads a Roman numeral up to 3999, with subtraction as in XIV',
    typescript: { signature: '(numeral: string): number', parts: ['1000', 'return'] },
    python: { signature: '(numeral: str) -> int', parts: ['1000', 'return'] },
  },
  {
    level: 'medium',
    name: 'binarySearch',
    text: 'finds the place of a value in a sorted list by halving, or -1 where it does not occur; no built-in search may be used',
    typescript: {
      signature: '(sorted: number[], wanted: number): number',
      parts: ['while (', 'return -1'],
    },
    python: { signature: '(values: list[int], wanted: int) -> int', parts: ['while ', 'return -1'] },
  },
  {
    level: 'medium',
    name: 'balancedBrackets',
    text: 'checks that round, square and curly brackets in a text are closed in the right order',
    typescript: { signature: '(text: string): boolean', parts: ['push(', 'pop()', 'return'] },
    python: { signature: '(text: str) -> bool', parts: ['append(', 'pop()', 'return'] },
  },
  {
    level: 'medium',
    name: 'runLengthEncode',
    text: 'shortens "aaabcc" to "a3b1c2"; an empty text stays empty',
    typescript: { signature: '(text: string): string', parts: ['return'] },
    python: { signature: '(text: str) -> str', parts: ['return'] },
  },
  {
    level: 'medium',
    name: 'flatten',
    text: 'makes one flat list of a list that holds lists to any depth',
    typescript: { signature: '(nested: unknown[]): unknown[]', parts: ['Array.isArray(', 'return'] },
    python: { signature: '(nested: list) -> list', parts: ['isinstance(', 'return'] },
  },
  {
    level: 'medium',
    name: 'chunk',
    text: 'cuts a list into pieces of a given size, the last one possibly shorter, and raises an error for sizes below one',
    typescript: { signature: '<T>(list: T[], size: number): T[][]', parts: ['throw new', '.slice(', 'return'] },
    python: { signature: '(items: list, size: int) -> list[list]', parts: ['raise ', 'range(', 'return'] },
  },
  {
    level: 'medium',
    name: 'wordFrequencies',
    text: 'counts how often each word occurs, ignoring case and punctuation, and returns the ten most frequent with their counts',
    typescript: { signature: '(text: string): [string, number][]', parts: ['sort(', '10', 'return'] },
    python: { signature: '(text: str) -> list[tuple[str, int]]', parts: ['10', 'return'] },
  },
  {
    level: 'medium',
    name: 'mergeSorted',
    text: 'merges two sorted lists into one in a single pass, without sorting again',
    typescript: { signature: '(left: number[], right: number[]): number[]', parts: ['while (', 'push(', 'return'] },
    python: { signature: '(left: list[int], right: list[int]) -> list[int]', parts: ['while ', 'append(', 'return'] },
  },
  {
    level: 'medium',
    name: 'isoWeekday',
    text: 'returns 1 for Monday to 7 for Sunday from a date written as YYYY-MM-DD, in UTC',
    typescript: { signature: '(date: string): number', parts: ['new Date(', 'getUTCDay()', 'return'] },
    python: { signature: '(date: str) -> int', parts: ['weekday()', 'return'] },
  },
  {
    level: 'medium',
    name: 'parseQuery',
    text: 'reads the part of an address after the question mark into names and values; a name that comes twice collects its values in a list',
    typescript: { signature: '(query: string): Record<string, string[]>', parts: ['URLSearchParams', 'return'] },
    python: { signature: '(query: str) -> dict[str, list[str]]', parts: ['parse_qs', 'return'] },
  },
  {
    level: 'medium',
    name: 'transpose',
    text: 'swaps rows and columns of a table given as a list of equally long rows',
    typescript: { signature: '<T>(rows: T[][]): T[][]', parts: ['.map(', 'return'] },
    python: { signature: '(rows: list[list]) -> list[list]', parts: ['zip(*', 'return'] },
  },
  {
    level: 'medium',
    name: 'maskCard',
    text: 'hides all digits of a card number but the last four with stars and leaves spaces as they are',
    typescript: { signature: '(card: string): string', parts: ['replace(', 'return'] },
    python: { signature: '(card: str) -> str', parts: ['*', 'return'] },
  },
  {
    level: 'medium',
    name: 'changeCoins',
    text: 'pays a sum in cents with as few coins as possible out of 200, 100, 50, 20, 10, 5, 2 and 1 and returns how many of each',
    typescript: { signature: '(cents: number): Map<number, number>', parts: ['200', 'return'] },
    python: { signature: '(cents: int) -> dict[int, int]', parts: ['200', 'return'] },
  },
  {
    level: 'hard',
    name: 'debounce',
    text: 'wraps a function so that it runs only once no call has come for a number of milliseconds, with the arguments of the last call, and can be cancelled',
    typescript: {
      signature: '<A extends unknown[]>(run: (...values: A) => void, waitMs: number)',
      parts: ['clearTimeout(', 'setTimeout(', 'cancel'],
    },
    python: { signature: '(run, wait_seconds: float)', parts: ['Timer(', 'cancel', 'start()'] },
  },
  {
    level: 'hard',
    name: 'levenshtein',
    text: 'gives the least number of insertions, deletions and replacements between two words, and needs memory for two rows only',
    typescript: { signature: '(from: string, to: string): number', parts: ['Math.min(', 'for (', 'return'] },
    python: { signature: '(source: str, target: str) -> int', parts: ['min(', 'for ', 'return'] },
  },
  {
    level: 'hard',
    name: 'topologicalOrder',
    text: 'orders tasks so that each comes after those it depends on, and fails with the names of a circle where there is one',
    typescript: { signature: '(dependencies: Map<string, string[]>): string[]', parts: ['throw new', 'return'] },
    python: { signature: '(dependencies: dict[str, list[str]]) -> list[str]', parts: ['raise ', 'return'] },
  },
  {
    level: 'hard',
    name: 'retryWithBackoff',
    text: 'calls an asynchronous function up to a number of times, doubles the pause after every failure, adds random jitter and hands on the last error',
    typescript: {
      signature: '<T>(call: () => Promise<T>, attempts: number, baseMs: number): Promise<T>',
      parts: ['await', 'catch', 'Math.random()', 'throw'],
    },
    python: {
      signature: '(call, attempts: int, base_seconds: float)',
      parts: ['await', 'random', 'raise'],
    },
  },
  {
    level: 'hard',
    name: 'leastRecentlyUsed',
    text: 'makes a cache with get and put that holds so many entries and forgets the one which has been untouched longest; both in constant time',
    typescript: { signature: '<K, V>(capacity: number)', parts: ['Map', 'get', 'put'] },
    python: { signature: '(capacity: int)', parts: ['get', 'put', 'return'] },
  },
  {
    level: 'hard',
    name: 'parseCsvLine',
    text: 'splits one line of CSV at commas, where a field in double quotes may hold commas and doubled quotes; no library may be used',
    typescript: { signature: '(line: string): string[]', parts: ['for (', 'push(', 'return'] },
    python: { signature: '(line: str) -> list[str]', parts: ['for ', 'append(', 'return'] },
  },
  {
    level: 'hard',
    name: 'evaluate',
    text: 'computes an expression such as "2 * (3 + 4) - 1" with the four operations, precedence and brackets, without eval',
    typescript: { signature: '(expression: string): number', parts: ['Number', 'return'] },
    python: { signature: '(expression: str) -> float', parts: ['float', 'return'] },
  },
  {
    level: 'hard',
    name: 'mergeIntervals',
    text: 'joins opening hours that overlap or touch, given as pairs of minutes in any order, and returns them sorted',
    typescript: {
      signature: '(intervals: [number, number][]): [number, number][]',
      parts: ['sort(', 'Math.max(', 'return'],
    },
    python: {
      signature: '(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]',
      parts: ['sort', 'max(', 'return'],
    },
  },
  {
    level: 'hard',
    name: 'mapWithLimit',
    text: 'applies an asynchronous function to all entries of a list with at most so many calls under way, and returns the results in the order of the list',
    typescript: {
      signature: '<T, R>(list: T[], limit: number, call: (entry: T) => Promise<R>): Promise<R[]>',
      parts: ['await', 'Promise.all', 'return'],
    },
    python: { signature: '(items: list, limit: int, call)', parts: ['async def', 'await'] },
  },
  {
    level: 'hard',
    name: 'knapsack',
    text: 'finds the greatest value that fits into a bag of whole kilograms, each thing taken once or not at all, by dynamic programming',
    typescript: {
      signature: '(things: { weight: number; value: number }[], capacity: number): number',
      parts: ['Math.max(', 'for (', 'return'],
    },
    python: { signature: '(things: list[tuple[int, int]], capacity: int) -> int', parts: ['max(', 'range(', 'return'] },
  },
  {
    level: 'hard',
    name: 'readInChunks',
    text: 'reads lines from a stream of byte chunks that may break anywhere, also inside a letter, and yields each line without its end',
    typescript: {
      signature: '(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string>',
      parts: ['TextDecoder', 'stream: true', 'yield'],
    },
    python: { signature: '(chunks)', parts: ['decode', 'yield'] },
  },
];

/** Questions to a database, with the pieces of a right statement. */
export const QUERIES: readonly {
  readonly level: 'easy' | 'medium' | 'hard';
  readonly text: string;
  readonly parts: readonly string[];
}[] = [
  {
    level: 'easy',
    text: 'The table members(id, name, joined_on, left_on) lists the people of a club. Select the names of all who have not left, the newest first.',
    parts: ['SELECT', 'left_on IS NULL', 'ORDER BY'],
  },
  {
    level: 'easy',
    text: 'From orders(id, customer_id, total_cents, ordered_at), compute what each customer has spent altogether.',
    parts: ['SELECT', 'SUM(', 'GROUP BY'],
  },
  {
    level: 'medium',
    text: 'Given customers(id, name) and orders(id, customer_id), list customers without a single order. Use an outer join.',
    parts: ['LEFT JOIN', 'IS NULL', 'FROM customers'],
  },
  {
    level: 'medium',
    text: 'visits(page, visitor, at) grows daily. Which ten pages had the most different visitors during the last seven days?',
    parts: ['COUNT(DISTINCT', 'GROUP BY', 'LIMIT 10'],
  },
  {
    level: 'medium',
    text: 'Raise the price of every product in products(id, category, price_cents) of category "tea" by five percent, rounded to whole cents.',
    parts: ['UPDATE products', 'ROUND(', 'WHERE'],
  },
  {
    level: 'medium',
    text: 'employees(id, name, manager_id) refers to itself. Show each name beside the name of the manager, people without one included.',
    parts: ['LEFT JOIN employees', 'manager_id', 'SELECT'],
  },
  {
    level: 'hard',
    text: 'For readings(sensor, at, value) return the latest row of every sensor, with one window function and no correlated subquery.',
    parts: ['ROW_NUMBER() OVER', 'PARTITION BY sensor', '= 1'],
  },
  {
    level: 'hard',
    text: 'folders(id, parent_id, name) is a tree. List the folder with id 7 and everything below it, with the depth of each.',
    parts: ['WITH RECURSIVE', 'UNION ALL', 'parent_id'],
  },
  {
    level: 'hard',
    text: 'payments(account, paid_on, amount_cents): show, for every payment, the running balance of its account in order of time.',
    parts: ['SUM(', 'OVER (', 'PARTITION BY account'],
  },
  {
    level: 'hard',
    text: 'logins(user_id, day) holds at most one row per user and day. Find the longest unbroken run of days of each user.',
    parts: ['ROW_NUMBER() OVER', 'GROUP BY', 'MAX('],
  },
];
