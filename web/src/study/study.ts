/** What the page shows of a study's results.json (StudyResult at the server). */
export interface Study {
  design: Design | null;
  scorer: { name: string; model: string; score_label: string; meaning: string };
  table: { groups: Group[]; overall: Group };
  frechet: { one: string; one_count: number; other: string; other_count: number; distance: number | null; reason: string | null }[];
  left_out: { what: string; why: string }[];
  prompts: PromptOutcome[];
}

export interface Design {
  prompts: number;
  engine: string;
  model: string;
  seeds_per_prompt: number;
  duration_seconds: number;
  raw: string;
  refined: string;
}

export interface Group {
  name: string;
  pairs: number;
  wins: number;
  raw: { mean: number };
  refined: { mean: number };
  gain_percent: number | null;
  test: { p: number | null; cohens_dz: number | null; interval: { low: number; high: number } | null } | null;
  holm_p: number | null;
}

export interface PromptOutcome {
  id: string;
  taste: string;
  prompt: string;
  language: string;
  scores: { raw: number; refined: number } | null;
}

/** @returns undefined where the text is no results.json of a study. */
export function readStudy(text: string): Study | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isStudy(value) ? value : undefined;
}

function isStudy(value: unknown): value is Study {
  if (!isRecord(value) || !isRecord(value.table) || !isRecord(value.scorer)) return false;
  return Array.isArray(value.table.groups) && value.table.groups.every(isGroup) && isGroup(value.table.overall)
    && Array.isArray(value.frechet) && Array.isArray(value.left_out) && Array.isArray(value.prompts)
    && value.prompts.every((prompt) => isRecord(prompt) && typeof prompt.prompt === 'string');
}

const isGroup = (value: unknown): value is Group =>
  isRecord(value) && typeof value.name === 'string' && typeof value.pairs === 'number' && isRecord(value.raw) && isRecord(value.refined);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Prompts with scores, the largest gain first. */
export const byGain = (study: Study): (PromptOutcome & { scores: { raw: number; refined: number } })[] =>
  study.prompts
    .filter((prompt): prompt is PromptOutcome & { scores: { raw: number; refined: number } } => prompt.scores !== null)
    .sort((one, other) => other.scores.refined - other.scores.raw - (one.scores.refined - one.scores.raw));

/** The p value that counts: corrected where several were tested. */
export const pOf = (group: Group): number | null => group.holm_p ?? group.test?.p ?? null;
