import { describe, expect, test } from 'vitest';
import { analyse } from '../../../web/src/song/analysis';
import { ramp } from '../../../web/src/song/colours';
import { Fourier } from '../../../web/src/song/fourier';
import { hasScores, scoresOf, soundOf } from '../../../web/src/song/scores';
import { readWav } from '../../../web/src/song/wav';

/** A WAVE file of 16-bit samples. */
function wav(channels: number[][], sampleRate = 32000, junk = 0): ArrayBuffer {
  const frames = channels[0]!.length;
  const bytes = frames * channels.length * 2;
  const view = new DataView(new ArrayBuffer(44 + junk + bytes));
  const text = (at: number, letters: string) => [...letters].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + junk + bytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  let at = 36;
  if (junk) {
    text(at, 'LIST');
    view.setUint32(at + 4, junk - 8, true);
    at += junk;
  }
  text(at, 'data');
  view.setUint32(at + 4, bytes, true);
  for (let frame = 0; frame < frames; frame++) channels.forEach((channel, index) => view.setInt16(at + 8 + (frame * channels.length + index) * 2, channel[frame]!, true));
  return view.buffer;
}

describe('readWav', () => {
  test('readWav_Stereo_TakesChannelsApart', () => {
    const sound = readWav(wav([[0, 16384], [-32768, 32767]]));
    expect(sound.sampleRate).toBe(32000);
    expect([...sound.channels[0]!]).toEqual([0, 0.5]);
    expect(sound.channels[1]![0]).toBe(-1);
  });
  test('readWav_ChunkInBetween_IsPassedOver', () => expect([...readWav(wav([[8192]], 8000, 16)).channels[0]!]).toEqual([0.25]));
  test('readWav_SomethingElse_IsRefused', () => expect(() => readWav(new TextEncoder().encode('<html>not music</html>').buffer as ArrayBuffer)).toThrow(RangeError));
});

describe('Fourier', () => {
  test('magnitudes_AnyWindow_EqualThePlainSum', () => {
    const size = 64;
    const window = Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7) + 0.3 * Math.cos(index * index));
    const magnitudes = new Float32Array(size / 2 + 1);
    new Fourier(size).magnitudes(window, magnitudes);
    for (let bin = 0; bin <= size / 2; bin++) {
      let [re, im] = [0, 0];
      window.forEach((value, index) => {
        re += value * Math.cos((2 * Math.PI * bin * index) / size);
        im -= value * Math.sin((2 * Math.PI * bin * index) / size);
      });
      expect(magnitudes[bin]).toBeCloseTo(Math.hypot(re, im), 3);
    }
  });
});

describe('analyse', () => {
  const tone = (hertz: number, sampleRate: number, seconds: number, loudness = 0.5) =>
    Float32Array.from({ length: sampleRate * seconds }, (_, frame) => loudness * Math.sin((2 * Math.PI * hertz * frame) / sampleRate));

  test('analyse_PureTone_IsLoudestInItsRow', () => {
    const { spectrogram } = analyse({ sampleRate: 32000, channels: [tone(1760, 32000, 1)] });
    const column = Math.floor(spectrogram.columns / 2);
    const levels = Array.from({ length: spectrogram.rows }, (_, row) => spectrogram.levels[row * spectrogram.columns + column]!);
    const loudest = levels.indexOf(Math.max(...levels));
    const hertz = spectrogram.lowestHertz * (spectrogram.highestHertz / spectrogram.lowestHertz) ** (1 - (loudest + 0.5) / spectrogram.rows);
    expect(Math.abs(Math.log2(hertz / 1760))).toBeLessThan(0.12);
  });

  test('analyse_LoudThenSilent_PeaksFollow', () => {
    const sound = new Float32Array(32000);
    sound.set(tone(440, 32000, 0.5, 0.8));
    const { peaks, durationSeconds } = analyse({ sampleRate: 32000, channels: [sound] });
    expect(durationSeconds).toBe(1);
    expect(peaks[100]).toBeCloseTo(0.8, 1);
    expect(peaks[800]).toBe(0);
  });

  test('analyse_Silence_IsDrawnAsSuch', () => {
    const { spectrogram, peaks } = analyse({ sampleRate: 8000, channels: [new Float32Array(800), new Float32Array(800)] });
    expect(peaks.length).toBe(800);
    expect(spectrogram.levels.every((level) => level === 255)).toBe(true);
  });
});

test('ramp_Ends_AreTheColoursGiven', () => {
  const table = ramp('#000000', '#ff0000', '#ffffff');
  expect([...table.slice(0, 4)]).toEqual([0, 0, 0, 255]);
  expect([...table.slice(-4)]).toEqual([255, 255, 255, 255]);
});

describe('scoresOf', () => {
  const tasted = (scores: Record<string, number>) => Object.fromEntries(Object.entries(scores).map(([taste, probability]) => [taste, { probability, logit: 0 }]));

  test('scoresOf_NothingThere_IsNoScore', () => {
    expect(hasScores(scoresOf({}))).toBe(false);
    expect(hasScores(scoresOf({ clap_score: null, taste_scores: null, clap_reason: null }))).toBe(false);
  });
  test('scoresOf_Tastes_AreSortedByProbabilityAndUnknownOnesLeftOut', () => {
    const scores = scoresOf({ clap_score: 0.31, clap_score_raw: 0.2, taste_scores: tasted({ sour: 0.2, spicy: 0.7, tasty: 1 }), scoring: { engine: 'clap', model: 'small' } });
    expect(scores.tastes).toEqual([{ taste: 'spicy', probability: 0.7 }, { taste: 'sour', probability: 0.2 }]);
    expect([scores.clap, scores.clapRaw, scores.scorer]).toEqual([0.31, 0.2, 'clap · small']);
  });
  test('scoresOf_Reason_IsKept', () => {
    expect(scoresOf({ clap_score: null, clap_reason: 'too short' }).reason).toBe('too short');
    expect(scoresOf({ scoring: { engine: 'none', reason: 'silent' } }).reason).toBe('silent');
  });
});

describe('soundOf', () => {
  test('soundOf_WhatWasNotMeasured_IsLeftOut', () => {
    expect(soundOf(null)).toEqual([]);
    expect(soundOf({ loudness_lufs: -20.5, true_peak_dbtp: null, silence_share: 0, bandwidth_hz: 12500, reasons: {} }).map((one) => [one.text, one.value])).toEqual([
      ['scores.sound.loudness', -20.5],
      ['scores.sound.silence', 0],
      ['scores.sound.bandwidth', 12.5],
    ]);
  });
});
