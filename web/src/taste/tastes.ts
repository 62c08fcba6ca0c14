import type { Profile, WordFinding } from '../api/client';

/** In the order in which they stand around the flower. */
export const tastes = ['sweet', 'sour', 'salty', 'bitter', 'umami', 'spicy'] as const;
export type Taste = (typeof tastes)[number];

export const isTaste = (name: string): name is Taste => (tastes as readonly string[]).includes(name);

/** The strongest taste; undefined where there is none. Ties go to the alphabetically first, as at the server. */
export function strongest(weights: Readonly<Record<string, number>>): Taste | undefined {
  let best: Taste | undefined;
  for (const taste of [...tastes].sort()) {
    const weight = weights[taste] ?? 0;
    if (weight > 0 && (best === undefined || weight > weights[best]!)) best = taste;
  }
  return best;
}

export const dominantTaste = (profile: Profile): Taste | undefined =>
  profile.dominant_taste && isTaste(profile.dominant_taste) ? profile.dominant_taste : undefined;

/** A piece of the sentence; with a finding where it gave one. */
export interface Mark {
  text: string;
  finding?: WordFinding;
  taste?: Taste;
  /** The word takes away what it names: “no sugar”. */
  negated?: boolean;
}

/**
 * Cuts a sentence at the words that were understood.
 * @param sentence As it stands in the field. The server counts from its first character that is no blank.
 */
export function marksOf(sentence: string, words: readonly WordFinding[]): Mark[] {
  const offset = sentence.length - sentence.trimStart().length;
  const marks: Mark[] = [];
  let end = 0;
  for (const finding of [...words].sort((one, other) => one.start - other.start)) {
    const start = finding.start + offset;
    // An answer to an earlier sentence must not mark the wrong letters.
    if (start < end || sentence.slice(start, start + finding.word.length) !== finding.word) continue;
    if (start > end) marks.push({ text: sentence.slice(end, start) });
    const taste = strongest(absolute(finding.dimensions));
    marks.push({ text: finding.word, finding, taste, negated: taste !== undefined && (finding.dimensions[taste] ?? 0) < 0 });
    end = start + finding.word.length;
  }
  if (end < sentence.length) marks.push({ text: sentence.slice(end) });
  return marks;
}

const absolute = (weights: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Math.abs(weight)]));
