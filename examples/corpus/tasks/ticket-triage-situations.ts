/**
 * What customers of Brightfold, an invented app for projects, time sheets and invoices, write to support. Each situation
 * is the core of an e-mail; `ticket-triage.ts` puts a person and a setting around it. Hard ones talk at length about
 * another label's subject before they say what they want.
 */

export type TicketLabel = 'billing' | 'bug' | 'how-to' | 'account' | 'other';

export interface Situation {
  readonly level: 'easy' | 'medium' | 'hard';
  readonly text: string;
}

export const SITUATIONS: Readonly<Record<TicketLabel, readonly Situation[]>> = {
  billing: [
    {
      level: 'easy',
      text: 'We were charged {amount} twice {when} for the same {plan} subscription. Please refund the second payment to the card it came from.',
    },
    {
      level: 'easy',
      text: 'The invoice for {month} still carries our old VAT number. Could you issue a corrected one? Our tax adviser will not accept it like this.',
    },
    {
      level: 'easy',
      text: 'How much would the {plan} plan cost us for {count} people if we pay yearly, and is there a discount for non-profits?',
    },
    {
      level: 'easy',
      text: 'Our company card expires at the end of {month}. We would rather pay by bank transfer from now on. Which account should {amount} go to?',
    },
    {
      level: 'medium',
      text: 'I moved us down from the {plan} plan {when}, yet the amount taken this morning is {amount}, exactly as before. That cannot be right.',
    },
    {
      level: 'medium',
      text: 'Your pricing page speaks of seats, my statement speaks of members, and we have {count} of the one and fewer of the other. Which of the two did we pay {amount} for?',
    },
    {
      level: 'medium',
      text: 'Three colleagues left {when} and I removed them the same day. I expected the next total to fall accordingly; instead it rose to {amount}.',
    },
    {
      level: 'medium',
      text: 'Somebody in finance flagged {amount} from your firm as unknown. Before I approve it I need to see what it is for and which period it covers.',
    },
    {
      level: 'medium',
      text: 'We never used {module} beyond the trial and nobody here remembers agreeing to go on, but {amount} left our account {when}. We should like it back.',
    },
    {
      level: 'hard',
      text: '{module} was unreachable for most of a working day {when}. It works now and I do not need an explanation; your terms promise a credit for outages of that length and I see none on the statement for {month}.',
    },
    {
      level: 'hard',
      text: 'I can sign in, the roles are fine, and everyone has found their way around {module}. The one thing left from our move to the {plan} plan is that we now seem to pay for the old workspace as well as the new one.',
    },
    {
      level: 'hard',
      text: 'When I click through to the details of the upgrade it explains how proration works, thank you, but by that explanation I arrive at {amount} and you took a good deal more. Who has miscalculated?',
    },
    {
      level: 'hard',
      text: 'My predecessor owned the workspace and has left; that part your colleague sorted out. What still goes to her address, and to her private card at that, is the monthly {amount}.',
    },
    {
      level: 'hard',
      text: 'No complaints about the app, it does what it says. Our auditors ask for something that shows {amount} was received by you in {month}, with your stamp and registration number, and the export does not count.',
    },
  ],
  bug: [
    {
      level: 'easy',
      text: 'Since the update {when} {module} crashes as soon as I open it. I see a white page and "Something went wrong (code {count})". Reloading does not help.',
    },
    {
      level: 'easy',
      text: 'The export button in {module} produces an empty file. I tried {browser} and a second computer, with the same result.',
    },
    {
      level: 'easy',
      text: 'Reminders arrive {count} times each. Every member of our team gets the same message again and again, starting {when}.',
    },
    {
      level: 'easy',
      text: 'Search finds nothing any more. Even the exact title of a card that I am looking at returns "no results" in {browser}.',
    },
    {
      level: 'medium',
      text: 'The totals in {module} do not add up: three entries of two hours each are shown as {count} hours. It was correct until {when}.',
    },
    {
      level: 'medium',
      text: 'Dragging a card to another column looks fine, and after a refresh it sits where it was before. My colleague on {browser} does not have this.',
    },
    {
      level: 'medium',
      text: 'In the mobile app the save button has vanished behind the keyboard on my {device}. I can type a note, I just cannot keep it.',
    },
    {
      level: 'medium',
      text: 'Dates are one day off for our people in {city}, only in {module}, only for entries made after ten in the evening.',
    },
    {
      level: 'medium',
      text: 'Attaching a photo worked {when}. Now the bar runs to 100 percent, stays there, and the file never shows up, whatever its size.',
    },
    {
      level: 'hard',
      text: 'I know how to download an invoice; I have done it every month for years. Today the PDF for {month} opens with all amounts as question marks, while the same figures look right on the screen.',
    },
    {
      level: 'hard',
      text: 'Our subscription is paid and active according to the billing page. Nevertheless {module} tells everyone in the team that the trial has ended, and locks them out until they press reload a few times.',
    },
    {
      level: 'hard',
      text: 'The guide says to open Settings and choose "Roles". I follow it to the letter, choose the role, press save, see the green tick, and the role is back to what it was. Twice now, with {count} different people.',
    },
    {
      level: 'hard',
      text: 'This may sound like a question of training, but hear me out. Two of us enter the same hours into {module} in the same way; hers appear in the report for {month}, mine do not, and a week later they are all there twice.',
    },
    {
      level: 'hard',
      text: 'Signing in is no trouble. But after a quarter of an hour in {browser} I am thrown out in the middle of a sentence, and what I wrote is gone; the setting for the session length says eight hours.',
    },
  ],
  'how-to': [
    {
      level: 'easy',
      text: 'How do I export all time entries of {month} as a spreadsheet? I looked through the menus of {module} and could not find it.',
    },
    { level: 'easy', text: 'Is there a way to repeat a task every second {weekday}? If so, where do I set that up?' },
    {
      level: 'easy',
      text: 'Where can I change the language of {module} for a single member without changing it for the whole team?',
    },
    { level: 'easy', text: 'Could you tell me step by step how to connect {module} with our calendar in {city}?' },
    {
      level: 'medium',
      text: 'We would like new projects to start with the same {count} columns instead of building them each time. I suppose templates do that, but the button for making one escapes me.',
    },
    {
      level: 'medium',
      text: 'My boss wants a weekly overview in her inbox on {weekday} mornings. I found the report itself in {module}; what I am missing is the sending.',
    },
    {
      level: 'medium',
      text: 'We have our own logo and colours and should like the documents that leave {module} to wear them. Can that be done on the {plan} plan, and by whom?',
    },
    {
      level: 'medium',
      text: 'I have a list of {count} clients in a CSV file with semicolons. Before I break something: what must the file look like so that {module} takes it?',
    },
    {
      level: 'medium',
      text: 'Somebody archived a board {when}. I gather that nothing is ever lost with you, so what do I press to bring it back?',
    },
    {
      level: 'hard',
      text: 'For a moment I believed the total in {module} was wrong, until I saw that it counts drafts too. Fair enough. I would like it to leave them out and assume there is a filter for that somewhere.',
    },
    {
      level: 'hard',
      text: 'I want to put two rates on one invoice, because {month} had a week at the old price. The invoice is one we send to our client, made in {module}. The form offers me one field for the rate.',
    },
    {
      level: 'hard',
      text: 'A colleague in {city} is on parental leave. She keeps her seat and her rights, nothing changes there, but the tasks that would land on her desk should land on mine until {month}. What do I set, and on which page?',
    },
    {
      level: 'hard',
      text: 'You cancelled the old import, I read about it, and I do not want it back. I just need to learn what takes its place when the data come out of another program once a {weekday}.',
    },
    {
      level: 'hard',
      text: 'In {browser} a right click on a card shows me "Copy link". People outside the team get an error with it, as they should. Which of the other sharing options am I meant to use for a client who may look but not write?',
    },
  ],
  account: [
    {
      level: 'easy',
      text: 'I forgot my password and the reset mail never arrives. My address is the one I am writing from. Please help me to sign in again.',
    },
    {
      level: 'easy',
      text: 'Please add {person} to our workspace as an administrator and take away my own admin rights. I change departments in {month}.',
    },
    {
      level: 'easy',
      text: 'We want to close our workspace at the end of {month} and have all personal data deleted. Please confirm when this is done.',
    },
    {
      level: 'easy',
      text: 'I changed my e-mail address after getting married. How can my user be moved from the old address to the new one?',
    },
    {
      level: 'medium',
      text: 'My telephone was stolen {when}, and with it the app that makes the six digits. I have neither the codes on paper nor any other way past that page.',
    },
    {
      level: 'medium',
      text: 'The person who set all this up, {person}, has left without handing over. None of the {count} of us may invite anyone or change anything now.',
    },
    {
      level: 'medium',
      text: 'By accident two workspaces exist under our name, one from {city} and one from headquarters. We should like one, with everyone in it.',
    },
    {
      level: 'medium',
      text: 'An address that I do not know appears among our members since {when}. Please tell me who let them in and shut the door behind them.',
    },
    {
      level: 'medium',
      text: 'Our IT wants everybody to come in through the company directory and nobody with a password of their own. What do you need from us to switch it over?',
    },
    {
      level: 'hard',
      text: 'The invoice reached me, thanks, and it is correct. What puzzles me is the list of names at the bottom: {person} is on it, who left {when}, and apparently she can still read everything in {module}.',
    },
    {
      level: 'hard',
      text: 'It says "error {count}: not permitted" whenever I open {module}. Nothing is broken, I think; my new job title came with fewer rights than the old one, and whoever decided that was not me. Kindly put it back.',
    },
    {
      level: 'hard',
      text: 'I read your guide on how to remove a person and could follow it, if the page in the guide existed for me. As a guest I only see my own profile. I want to be removed, entirely, from {count} client workspaces.',
    },
    {
      level: 'hard',
      text: 'Before the {plan} plan runs out in {month} we shall have decided whether to renew. Whatever we decide, {person} must stop being the one and only owner, and she asks me to arrange it with you.',
    },
    {
      level: 'hard',
      text: 'Thank you for the kind note and the feature tour. One thing from it frightened me: you greeted me by the name of somebody at another company, with her photograph, and her projects were in my list. Am I her now?',
    },
  ],
  other: [
    {
      level: 'easy',
      text: 'I write for a trade magazine in {city} and would like to interview someone from your team about remote work. Who handles press enquiries?',
    },
    {
      level: 'easy',
      text: 'Just a word of praise: {module} has saved us hours every week since we began {when}. Thank you to everyone involved!',
    },
    {
      level: 'easy',
      text: 'It would be wonderful if {module} had a dark theme one day. Please pass this on to whoever collects wishes.',
    },
    {
      level: 'easy',
      text: 'Are you hiring in {city}? My sister is a designer with {count} years of experience and admires your work.',
    },
    {
      level: 'medium',
      text: 'We build software for dentists and many of our clients use {module}. Would you be open to selling the two together, and who would talk to us about it?',
    },
    {
      level: 'medium',
      text: 'For a seminar paper at the university of {city} I compare {count} tools for small teams. May I show pictures of {module} in it, and how should I name the source?',
    },
    {
      level: 'medium',
      text: 'Our data protection officer would like to know in which country your servers stand and who your subprocessors are. A document will do.',
    },
    {
      level: 'medium',
      text: 'I would gladly see the weekdays in {module} start on {weekday}, as in our country. I know it cannot be done today; consider this a vote for it.',
    },
    {
      level: 'medium',
      text: 'You sent us a calendar for the new year again. A kind thought, but we have moved: the new address in {city} is below, for the next one.',
    },
    {
      level: 'hard',
      text: 'No, the invoice is fine, and no, nothing is broken. I wanted to say that the person who explained the charge of {amount} to me {when} was patient beyond belief, and I hope somebody tells him so.',
    },
    {
      level: 'hard',
      text: 'Your competitor lets me export whole boards with comments in one go. You do not, I checked with your colleague. I am not asking how it could be done with scripts; I am asking you to build it.',
    },
    {
      level: 'hard',
      text: "Our account manager, {person}, invited us to the users' meeting in {city}. We should love to come, {count} of us. Are there vegetarian meals, and may children be brought along?",
    },
    {
      level: 'hard',
      text: 'Somebody rings our staff, claims to be from Brightfold, and asks for passwords and card numbers. Nobody told them any. I thought you would want to know; the number they called from is below.',
    },
    {
      level: 'hard',
      text: 'After the failure of {module} {when} our works council wishes to see what you promise about availability in general. A leaflet or a link suffices, it is for the minutes.',
    },
  ],
};
