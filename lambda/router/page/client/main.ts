import './known-language';
import { type OperatorState, RANGES, type Range } from '../page-state';
import { noticesOf, showAttention } from './attention';
import { RANGE_NAMES, showCost } from './cost';
import { showDecisions, startSearch } from './decisions';
import { byId, element, setText } from './element';
import { showEscalation } from './escalation';
import { clock } from './format';
import { promptsText } from './prompts-text';
import { follow, readState, signIn, signOut } from './router';
import { showSaving } from './saving';
import { showTasks } from './tasks';
import { showTiers } from './tiers';

/** Tried again after so long while the router cannot be reached. */
const AGAIN_MS = 3000;

let latest: OperatorState | undefined;
let range: Range = 'day';
let grave: ReadonlySet<string> | undefined;
let stop: (() => void) | undefined;
let signedIn = false;

function show(state: OperatorState): void {
  latest = state;
  byId('main').hidden = false;
  byId('sign-in').hidden = true;
  byId('sign-out').hidden = !signedIn;
  const { policy } = state;
  setText(
    byId('policy'),
    policy === null
      ? ''
      : `${policy.id}, version ${policy.version}${policy.source === 'fallback' ? ' (as deployed)' : ''}`,
  );
  setText(byId('prompts'), promptsText(policy));
  showAttention(state);
  showSaving(state);
  showCharts(state);
  showTasks(state);
  showTiers(state);
  showDecisions(state);
  announce(state);
}

function showCharts(state: OperatorState): void {
  showCost(state, range);
  showEscalation(state, range);
}

/** Says aloud what is new and grave; figures that merely move are not read out. */
function announce(state: OperatorState): void {
  const notices = noticesOf(state).filter((notice) => notice.grave);
  const fresh = grave && notices.filter(({ about }) => !grave?.has(about));
  if (fresh !== undefined && fresh.length > 0) setText(byId('announcer'), fresh.map(({ text }) => text).join(' '));
  grave = new Set(notices.map(({ about }) => about));
}

function pulse(kind: 'live' | 'waiting' | 'lost', text: string): void {
  byId('pulse').dataset.state = kind;
  setText(byId('pulse-text'), text);
}

async function start(): Promise<void> {
  const read = await readState();
  if (read === 'no-key' || read === 'not-operator')
    return askForKey(read === 'no-key' ? '' : 'This key is not an operator’s.');
  if (read === 'unreachable') {
    pulse(
      'lost',
      latest === undefined ? 'The router cannot be read' : `Not reachable; figures of ${clock(latest.atMs, true)}`,
    );
    setTimeout(start, AGAIN_MS);
    return;
  }
  show(read);
  pulse('live', `Live, ${clock(read.atMs, true)}`);
  if (!document.hidden) listen();
}

function listen(): void {
  stop?.();
  stop = follow({
    opened: () => latest && pulse('live', `Live, ${clock(latest.atMs, true)}`),
    state(state) {
      show(state);
      pulse('live', `Live, ${clock(state.atMs, true)}`);
    },
    trouble: () => pulse('lost', `The store cannot be read; figures of ${latest ? clock(latest.atMs, true) : 'none'}`),
    lost(forGood) {
      pulse('waiting', 'Connecting again');
      if (!forGood) return;
      stop?.();
      setTimeout(start, AGAIN_MS);
    },
  });
}

function askForKey(fault: string): void {
  byId('main').hidden = true;
  byId('sign-in').hidden = false;
  byId('sign-out').hidden = true;
  setText(byId('sign-in-fault'), fault);
  pulse('waiting', 'Not signed in');
  byId('key').focus();
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = byId<HTMLInputElement>('key');
  void signIn(field.value).then((fault) => {
    if (fault !== undefined) return askForKey(fault);
    field.value = '';
    signedIn = true;
    return start().then(() => byId('main').focus());
  });
});

byId('sign-out').addEventListener('click', () => {
  stop?.();
  signedIn = false;
  void signOut().then(() => askForKey(''));
});

// A page that nobody sees costs nothing: on Lambda an open stream is paid for.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    stop?.();
    stop = undefined;
    pulse('waiting', 'Paused');
  } else if (stop === undefined && !byId('main').hidden) void start();
});

byId('range').append(
  ...RANGES.map((name) => {
    const choice = element('input', { type: 'radio', name: 'range', value: name, checked: name === range });
    choice.addEventListener('change', () => {
      range = name;
      if (latest !== undefined) showCharts(latest);
    });
    return element('label', {}, choice, element('span', {}, RANGE_NAMES[name]));
  }),
);

startSearch();
void start();
