import type { Audio } from '../api/client';
import type { Key } from '../texts';
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

/** The part of an answer that is read here. */
export type ScoredAudio = Pick<Audio, 'clap_score' | 'clap_score_raw' | 'clap_reason' | 'taste_scores' | 'scoring'>;

/** Reads the scores of an answer; before the music is scored, and where nothing can be heard in it, there are none. */
export function scoresOf(audio: ScoredAudio): Scores {
  return {
    clap: audio.clap_score ?? undefined,
    clapRaw: audio.clap_score_raw ?? undefined,
    reason: audio.clap_reason ?? audio.scoring?.reason ?? undefined,
    tastes: tasteScores(audio.taste_scores ?? {}),
    scorer: [audio.scoring?.engine, audio.scoring?.model].filter((part) => part).join(' · ') || undefined,
  };
}

export const hasScores = (scores: Scores): boolean => scores.clap !== undefined || scores.tastes.length > 0;

function tasteScores(scores: NonNullable<ScoredAudio['taste_scores']>): Scores['tastes'] {
  return Object.entries(scores)
    .flatMap(([taste, score]) => (isTaste(taste) ? [{ taste, probability: score.probability }] : []))
    .sort((one, other) => other.probability - one.probability || tastes.indexOf(one.taste) - tastes.indexOf(other.taste));
}

/** A figure of the sound itself, as the page shows it. */
export interface SoundFigure {
  text: Key;
  value: number;
  digits: number;
  /** Without one: a share. */
  unit?: string;
}

/** The figures that could be measured, in the order in which they are shown. */
export function soundOf(measured: Audio['aesthetics']): SoundFigure[] {
  if (!measured) return [];
  const kilohertz = typeof measured.bandwidth_hz === 'number' ? measured.bandwidth_hz / 1000 : null;
  const figures: [Key, number | null | undefined, number, string?][] = [
    ['scores.sound.loudness', measured.loudness_lufs, 1, 'LUFS'],
    ['scores.sound.peak', measured.true_peak_dbtp, 1, 'dBTP'],
    ['scores.sound.silence', measured.silence_share, 0],
    ['scores.sound.key', measured.key_clarity, 2, ''],
    ['scores.sound.beat', measured.beat_clarity, 2, ''],
    ['scores.sound.bandwidth', kilohertz, 1, 'kHz'],
  ];
  return figures.flatMap(([text, value, digits, unit]) => (typeof value === 'number' ? [{ text, value, digits, unit }] : []));
}
