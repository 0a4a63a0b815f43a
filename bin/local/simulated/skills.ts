/**
 * How well the simulated models answer. These are simulated figures: invented for demonstration and tests, measured on no
 * real model. They are stated here in the open so that nobody takes a demonstration for a benchmark.
 */

export type ProfileName = 'small' | 'mid' | 'frontier';

export type Level = 'easy' | 'medium' | 'hard';

/** Share of prompts answered rightly, by how hard the prompt is. */
export type Skill = Readonly<Record<Level, number>>;

export interface Profile {
  readonly name: ProfileName;
  /** By task of the sample corpus. */
  readonly skills: Readonly<Record<string, Skill>>;
  /** For tasks that are not listed. */
  readonly otherwise: Skill;
  /** Factor on the skill where the prompt tries to steer the model. */
  readonly steadiness: number;
  /** Milliseconds to the first token at speed 1. */
  readonly firstTokenMs: number;
  /** Milliseconds for each further token at speed 1. */
  readonly perTokenMs: number;
}

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  small: {
    name: 'small',
    skills: {
      'ticket-triage': { easy: 0.96, medium: 0.9, hard: 0.72 },
      'field-extraction': { easy: 0.95, medium: 0.84, hard: 0.6 },
      'faq-answering': { easy: 0.93, medium: 0.84, hard: 0.62 },
      summarising: { easy: 0.88, medium: 0.76, hard: 0.58 },
      'multi-step-reasoning': { easy: 0.78, medium: 0.55, hard: 0.35 },
      'code-writing': { easy: 0.8, medium: 0.6, hard: 0.38 },
    },
    otherwise: { easy: 0.85, medium: 0.7, hard: 0.5 },
    steadiness: 0.75,
    firstTokenMs: 90,
    perTokenMs: 8,
  },
  mid: {
    name: 'mid',
    skills: {
      'ticket-triage': { easy: 0.995, medium: 0.99, hard: 0.97 },
      'field-extraction': { easy: 0.995, medium: 0.985, hard: 0.96 },
      'faq-answering': { easy: 0.985, medium: 0.97, hard: 0.9 },
      summarising: { easy: 0.97, medium: 0.94, hard: 0.87 },
      'multi-step-reasoning': { easy: 0.96, medium: 0.88, hard: 0.72 },
      'code-writing': { easy: 0.96, medium: 0.9, hard: 0.74 },
    },
    otherwise: { easy: 0.96, medium: 0.9, hard: 0.78 },
    steadiness: 0.95,
    firstTokenMs: 220,
    perTokenMs: 9,
  },
  frontier: {
    name: 'frontier',
    skills: {
      'ticket-triage': { easy: 0.998, medium: 0.997, hard: 0.99 },
      'field-extraction': { easy: 0.998, medium: 0.996, hard: 0.99 },
      'faq-answering': { easy: 0.997, medium: 0.993, hard: 0.98 },
      summarising: { easy: 0.992, medium: 0.985, hard: 0.97 },
      'multi-step-reasoning': { easy: 0.99, medium: 0.98, hard: 0.95 },
      'code-writing': { easy: 0.99, medium: 0.98, hard: 0.95 },
    },
    otherwise: { easy: 0.99, medium: 0.98, hard: 0.95 },
    steadiness: 0.99,
    firstTokenMs: 420,
    perTokenMs: 14,
  },
};

/** The chance that a profile answers a prompt of the task with these tags rightly. */
export function skillFor(profile: Profile, task: string, tags: readonly string[]): number {
  const skill = profile.skills[task] ?? profile.otherwise;
  const level = tags.includes('hard') ? 'hard' : tags.includes('easy') ? 'easy' : 'medium';
  return skill[level] * (tags.includes('adversarial') ? profile.steadiness : 1);
}
