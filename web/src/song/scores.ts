import { isTaste, tastes, type Taste } from '../taste/tastes';

/** What was heard in the finished music, as far as the server says. */
export interface Scores {
  /** Cosine of refined prompt and audio, −1…1. */
  clap?: number;
  /** Of the sentence as it was written. */
  clapRaw?: number;
  /** Why there is no score. */
  reason?: string;
  /** Probability by taste, the strongest first. */
  tastes: { taste: Taste; probability: number }[];
  /** Who listened. */
  scorer?: string;
}

/** Reads the scores of an answer; a server without a scorer leaves them out. */
export function scoresOf(audio: object): Scores {
  const fields = audio as Record<string, unknown>;
  const scoring = record(fields.scoring);
  return {
    clap: number(fields.clap_score),
    clapRaw: number(fields.clap_score_raw),
    reason: text(fields.clap_reason),
    tastes: tasteScores(fields.taste_scores),
    scorer: [text(scoring?.engine), text(scoring?.model)].filter((part) => part !== undefined).join(' · ') || undefined,
  };
}

export const hasScores = (scores: Scores): boolean => scores.clap !== undefined || scores.tastes.length > 0;

function tasteScores(value: unknown): Scores['tastes'] {
  const entries: [unknown, unknown][] = Array.isArray(value)
    ? value.map((one) => [record(one)?.taste, record(one)?.score])
    : Object.entries(record(value) ?? {});
  const found = new Map<Taste, number>();
  for (const [taste, score] of entries) {
    const probability = number(score);
    if (typeof taste === 'string' && isTaste(taste) && probability !== undefined) found.set(taste, probability);
  }
  return tastes
    .filter((taste) => found.has(taste))
    .map((taste) => ({ taste, probability: found.get(taste)! }))
    .sort((one, other) => other.probability - one.probability);
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
