import { Fourier } from './fourier';
import type { Sound } from './wav';

/** What a song's picture is drawn from. */
export interface Analysis {
  durationSeconds: number;
  /** [columns], the largest sample of each stretch of time, 0…1. */
  peaks: Float32Array;
  spectrogram: Spectrogram;
}

export interface Spectrogram {
  columns: number;
  rows: number;
  /** [rows][columns], the highest frequency first; 0 is `floorDecibels` below the loudest, or less, and 255 the loudest. */
  levels: Uint8Array;
  lowestHertz: number;
  highestHertz: number;
}

const peakColumns = 900;
const columns = 800;
const rows = 112;
const windowSize = 2048;
const lowestHertz = 55;
const floorDecibels = 72;

export function analyse(sound: Sound): Analysis {
  const mono = mixed(sound.channels);
  return { durationSeconds: mono.length / sound.sampleRate, peaks: peaksOf(mono), spectrogram: spectrogramOf(mono, sound.sampleRate) };
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0]!;
  const mono = new Float32Array(channels[0]!.length);
  for (const channel of channels) for (let frame = 0; frame < mono.length; frame++) mono[frame] = mono[frame]! + channel[frame]! / channels.length;
  return mono;
}

function peaksOf(mono: Float32Array): Float32Array {
  const count = Math.min(peakColumns, mono.length);
  return Float32Array.from({ length: count }, (_, column) => {
    let peak = 0;
    const end = Math.floor(((column + 1) * mono.length) / count);
    for (let frame = Math.floor((column * mono.length) / count); frame < end; frame++) peak = Math.max(peak, Math.abs(mono[frame]!));
    return peak;
  });
}

/** Short-time Fourier magnitudes in Hann windows, their frequencies spaced as pitch is heard: evenly in octaves. */
function spectrogramOf(mono: Float32Array, sampleRate: number): Spectrogram {
  const fourier = new Fourier(windowSize);
  const hann = Float32Array.from({ length: windowSize }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / windowSize));
  const highestHertz = sampleRate / 2;
  const bins = rowBins(sampleRate, highestHertz);
  const decibels = new Float32Array(rows * columns);
  const window = new Float32Array(windowSize);
  const magnitudes = new Float32Array(windowSize / 2 + 1);
  let loudest = -Infinity;
  for (let column = 0; column < columns; column++) {
    const start = Math.round(((column + 0.5) * mono.length) / columns) - windowSize / 2;
    for (let index = 0; index < windowSize; index++) window[index] = (mono[start + index] ?? 0) * hann[index]!;
    fourier.magnitudes(window, magnitudes);
    for (let row = 0; row < rows; row++) {
      let magnitude = 0;
      for (let bin = bins[row]![0]; bin <= bins[row]![1]; bin++) magnitude = Math.max(magnitude, magnitudes[bin]!);
      const level = 20 * Math.log10(magnitude + 1e-9);
      decibels[row * columns + column] = level;
      loudest = Math.max(loudest, level);
    }
  }
  const levels = Uint8Array.from(decibels, (level) => Math.max(0, Math.round(255 * (1 + (level - loudest) / floorDecibels))));
  return { columns, rows, levels, lowestHertz, highestHertz };
}

/** First and last bin of each row; every row has at least one. */
function rowBins(sampleRate: number, highestHertz: number): [number, number][] {
  const octaves = Math.log2(highestHertz / lowestHertz);
  const binOf = (row: number) => (lowestHertz * 2 ** (octaves * (1 - row / rows)) * windowSize) / sampleRate;
  return Array.from({ length: rows }, (_, row) => {
    const last = Math.min(windowSize / 2, Math.round(binOf(row)));
    return [Math.min(last, Math.ceil(binOf(row + 1))), last];
  });
}
