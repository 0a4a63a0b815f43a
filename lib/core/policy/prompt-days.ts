/** Days after which a folder of the bucket for prompts is emptied: each prompt goes to the longest that it may. */
export const PROMPT_DAYS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
