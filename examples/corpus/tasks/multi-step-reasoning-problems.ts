import type { Random } from '../random';
import { NAMES, PLACES } from './ticket-triage-settings';

/** Word problems whose answer is computed from the numbers that were drawn for them. */

export interface Problem {
  readonly text: string;
  readonly answer: number;
}

export interface ProblemTemplate {
  readonly level: 'easy' | 'medium' | 'hard';
  draw(random: Random): Problem;
}

function firstName(random: Random): string {
  return random.pick(NAMES).split(' ')[0] as string;
}

function wording(random: Random, ...wordings: readonly string[]): string {
  return random.pick(wordings);
}

function inCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

export const PROBLEMS: readonly ProblemTemplate[] = [
  {
    level: 'easy',
    draw(random) {
      const [who, rolls, price, tarts] = [
        firstName(random),
        random.integer(4, 14),
        random.integer(35, 95),
        random.integer(2, 5),
      ];
      const cost = (rolls * price) / 100 + tarts * 1.8;
      const paid = cost < 10 ? 10 : cost < 20 ? 20 : 50;
      const text = wording(
        random,
        `${who} buys ${rolls} rolls at ${price} cents and ${tarts} tarts at 1.80 euros, and pays with a note of ${paid} euros. How many euros come back?`,
        `At the baker's a tart is 1.80 euros and a roll ${price} cents. ${who} takes ${tarts} of the former, ${rolls} of the latter, and hands over ${paid} euros. What is the change, in euros?`,
      );
      return { text, answer: inCents(paid - cost) };
    },
  },
  {
    level: 'easy',
    draw(random) {
      const [city, speed, hours, stop] = [
        random.pick(PLACES),
        random.integer(6, 11) * 10,
        random.integer(2, 5),
        random.integer(20, 90),
      ];
      const text = wording(
        random,
        `A coach leaves ${city} and drives ${hours} hours at ${speed} km/h, then, after a rest, another ${stop} km. How many kilometres does it cover?`,
        `After ${hours} hours at a steady ${speed} kilometres an hour out of ${city}, a driver rests and then has ${stop} kilometres to go. What is the length of the whole journey in kilometres?`,
      );
      return { text, answer: speed * hours + stop };
    },
  },
  {
    level: 'easy',
    draw(random) {
      const [shelves, each, taken, who] = [
        random.integer(5, 14),
        random.integer(18, 36),
        random.integer(12, 80),
        firstName(random),
      ];
      const text = wording(
        random,
        `A book room has ${shelves} shelves with ${each} books each. ${who} lends out ${taken} of them and gets 7 back the next day. How many are in the room then?`,
        `${who} counts ${each} volumes on every one of ${shelves} shelves. Then ${taken} go out on loan; by the following evening 7 of those have come home. How many volumes does ${who} count now?`,
      );
      return { text, answer: shelves * each - taken + 7 };
    },
  },
  {
    level: 'easy',
    draw(random) {
      const [team, reviews, days] = [random.integer(4, 9), random.integer(3, 8), random.integer(3, 10)];
      const absent = random.integer(1, 2);
      const text = wording(
        random,
        `Each of ${team} inspectors files ${reviews} reports a day. For the last two of ${days} days ${absent} of them were ill. How many reports were filed in all?`,
        `A desk with ${team} inspectors, ${reviews} reports per head and day, works for ${days} days; on the final two days it is ${absent} short. Number of reports altogether?`,
      );
      return { text, answer: team * reviews * days - absent * reviews * 2 };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [base, percent, back] = [
        random.integer(4, 18) * 50,
        random.pick([10, 20, 25, 30]),
        random.pick([5, 10, 20]),
      ];
      const text = wording(
        random,
        `A coat at ${base} euros is reduced by ${percent} percent. The following week the shop raises the new price by ${back} percent. What does it cost now, in euros?`,
        `First ${percent} percent off, then ${back} percent on again: that is what happened to the price tag of ${base} euros on a bicycle. What stands on it in the end?`,
      );
      return { text, answer: inCents(base * (1 - percent / 100) * (1 + back / 100)) };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [flour, people, want] = [
        random.integer(2, 9) * 50,
        random.pick([4, 5, 6]),
        random.pick([9, 10, 12, 15, 18]),
      ];
      const text = wording(
        random,
        `A recipe for ${people} takes ${flour} g of flour and half as much sugar. How many grams of the two together are needed for ${want} people?`,
        `For ${people} guests you take ${flour} grams of flour, and of sugar half that weight. ${want} guests have announced themselves. What do flour and sugar weigh together, in grams?`,
      );
      return { text, answer: inCents((flour * 1.5 * want) / people) };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [a, b] = random.shuffle([20, 24, 30, 36, 40, 45, 60]) as [number, number];
      const city = random.pick(PLACES);
      const hour = random.integer(6, 9);
      const text = wording(
        random,
        `In ${city} two trams start together at ${hour} o'clock. One leaves every ${a} minutes, the other every ${b}. After how many minutes do they next start together?`,
        `Two lights on the tower of ${city} flash at the same moment at ${hour}:00, from then on every ${a} and every ${b} seconds. How many seconds pass until they flash at once again?`,
      );
      return { text, answer: (a * b) / greatestDivisor(a, b) };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [rooms, litres, coats, tin] = [
        random.integer(3, 7),
        random.integer(3, 6),
        random.integer(2, 3),
        random.pick([5, 10]),
      ];
      const text = wording(
        random,
        `Painting a room once takes ${litres} litres. ${rooms} rooms are to be painted ${coats} times, and paint is sold in tins of ${tin} litres. How many tins must be bought?`,
        `Paint comes in tins of ${tin} litres. One coat on one room swallows ${litres} litres; ${rooms} rooms need ${coats} coats each. What is the smallest number of tins that will do?`,
      );
      return { text, answer: Math.ceil((rooms * litres * coats) / tin) };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [who, other, gap, years] = [
        firstName(random),
        random.pick(PLACES),
        random.integer(19, 34),
        random.integer(2, 8),
      ];
      const child = gap - years;
      const text = wording(
        random,
        `${who} from ${other} is ${gap} years older than her or his daughter Lea. In ${years} years ${who} will be twice as old as Lea is then. How old is ${who} today?`,
        `Lea was born in ${other} when ${who}, her parent, was exactly ${gap}. Wait ${years} years, and the age of ${who} will be the double of Lea's. What is the age of ${who} now?`,
      );
      return { text, answer: child + gap };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [fixed, per, used, limit, over] = [
        random.integer(6, 15),
        random.integer(4, 9),
        random.integer(25, 60),
        random.integer(10, 20),
        random.integer(11, 16),
      ];
      const text = wording(
        random,
        `A mobile plan costs ${fixed} euros a month and ${per} cents for each of the first ${limit} minutes, ${over} cents for every further one. What, in euros, does a month with ${used} minutes cost?`,
        `Monthly fee ${fixed} euros; minutes 1 to ${limit} at ${per} cents; from then on ${over} cents. ${used} minutes were spoken. Work out the bill in euros.`,
      );
      return { text, answer: inCents(fixed + (limit * per + (used - limit) * over) / 100) };
    },
  },
  {
    level: 'medium',
    draw(random) {
      const [start, grow, weeks, lost] = [
        random.integer(12, 40),
        random.pick([2, 3]),
        random.integer(3, 5),
        random.integer(4, 9),
      ];
      const text = wording(
        random,
        `A pond holds ${start} water plants. Every week their number becomes ${grow} times as large, and then a duck eats ${lost}. How many are there after ${weeks} weeks?`,
        `Week after week, for ${weeks} weeks, ${start} seedlings turn into ${grow} times as many, of which ${lost} are at once given away. What number is left at the end?`,
      );
      let plants = start;
      for (let week = 0; week < weeks; week += 1) plants = plants * grow - lost;
      return { text, answer: plants };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [fast, slow, lead] = [random.integer(8, 12) * 10, random.integer(4, 7) * 10, random.pick([1, 2, 3])];
      const city = random.pick(PLACES);
      const text = wording(
        random,
        `A lorry leaves ${city} at ${slow} km/h. ${lead} hours later a car follows on the same road at ${fast} km/h. How many minutes does the car drive until it has caught up? Round to whole minutes.`,
        `On the road out of ${city}, somebody at ${slow} km/h has a start of ${lead} hours on somebody at ${fast} km/h. How long does the faster one need to draw level? Answer in minutes, rounded.`,
      );
      return { text, answer: Math.round((slow * lead * 60) / (fast - slow)) };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [a, b, drain] = [random.pick([4, 5, 6]), random.pick([8, 10, 12]), random.pick([15, 20, 24])];
      const litres = random.integer(6, 30) * 100;
      const text = wording(
        random,
        `One pipe fills a tank of ${litres} litres in ${a} hours, a second one in ${b}; the drain, left open, would empty it in ${drain}. All three are open and the tank is empty. After how many minutes is it full? Round to whole minutes.`,
        `Alone, the first pump needs ${a} hours for a basin of ${litres} litres and the second ${b} hours. Through a leak a full basin is lost in ${drain} hours. In how many minutes, rounded, do both pumps together fill the leaking basin?`,
      );
      return { text, answer: Math.round(60 / (1 / a + 1 / b - 1 / drain)) };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [heads, rabbits] = [random.integer(22, 60), random.integer(6, 18)];
      const legs = rabbits * 4 + (heads - rabbits) * 2;
      const [who, eggs] = [firstName(random), random.integer(2, 5)];
      const text = wording(
        random,
        `${who} keeps hens and rabbits, ${heads} heads and ${legs} legs in all. Every hen lays ${eggs} eggs a week. How many eggs does ${who} find in two weeks?`,
        `There are ${legs} legs and ${heads} beaks or noses in the yard of ${who}, who has only rabbits and hens. At ${eggs} eggs per hen and week, how many eggs are there after a fortnight?`,
      );
      return { text, answer: (heads - rabbits) * eggs * 2 };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [share, rate, years] = [random.integer(8, 40) * 100, random.pick([2, 3, 4, 5]), random.pick([2, 3])];
      const out = random.integer(1, 4) * 50;
      const text = wording(
        random,
        `${share} euros earn ${rate} percent a year, credited at the end of each year. Straight after each credit ${out} euros are withdrawn. What is on the account after ${years} years, in euros to the cent?`,
        `At the close of every year ${rate} percent interest is added to a balance, then ${out} euros go to charity. It began with ${share} euros. What remains when this has happened ${years} times? Two decimals.`,
      );
      let balance = share;
      for (let year = 0; year < years; year += 1) balance = balance * (1 + rate / 100) - out;
      return { text, answer: inCents(balance) };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [marks, worst, extra] = [random.integer(5, 8), random.integer(31, 49), random.integer(2, 5)];
      const mean = random.integer(58, 72);
      const who = firstName(random);
      const text = wording(
        random,
        `Over ${marks} tests ${who} has a mean of ${mean} points. The weakest, with ${worst}, is struck out, and one with ${mean + extra * (marks - 1)} points is added instead. What is the new mean? Give two decimals if need be.`,
        `${who}'s ${marks} results average ${mean}. A result of ${mean + extra * (marks - 1)} takes the place of the lowest, which was ${worst}. To what does the average change? Up to two decimals.`,
      );
      return { text, answer: inCents((mean * marks - worst + mean + extra * (marks - 1)) / marks) };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const [weekday, days] = [random.pick(['Monday', 'Tuesday', 'Wednesday']), random.integer(40, 99)];
      const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
      const start = names.indexOf(weekday);
      const saturdays = Array.from({ length: days }, (_, day) => (start + day) % 7).filter((day) => day === 6).length;
      const [visitors, sundays] = [random.integer(110, 390), random.integer(12, 60)];
      const text = wording(
        random,
        `A show opens on a ${weekday} and runs for ${days} days, every day included. Saturdays bring ${visitors} visitors, other days ${sundays}. How many visitors are there in all?`,
        `${days} days in a row, beginning on a ${weekday}, a fair is open. It counts ${visitors} people on each Saturday and ${sundays} on every other day. What do the counts add up to?`,
      );
      return { text, answer: saturdays * visitors + (days - saturdays) * sundays };
    },
  },
  {
    level: 'hard',
    draw(random) {
      const total = random.integer(5, 12) * 60;
      const [left, right] = random.pick([
        [2, 4],
        [1, 4],
        [2, 3],
        [1, 5],
      ] as const);
      const [who, bonus] = [firstName(random), random.integer(5, 25)];
      const text = wording(
        random,
        `Three heirs share ${total} coins. The first gets ${left} parts, the second ${right}, and ${who} as many as both together; before that each of the other two hands ${bonus} of his own old coins to ${who}. How many coins does ${who} receive in all?`,
        `${total} coins are divided in the ratio ${left} : ${right} : ${left + right}, the largest part being for ${who}, to whom the two others give ${bonus} old coins each on top. What does ${who} go home with?`,
      );
      return { text, answer: total / 2 + 2 * bonus };
    },
  },
];

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
