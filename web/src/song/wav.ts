/** A decoded WAV. */
export interface Sound {
  /** Hz. */
  sampleRate: number;
  /** [channels][frames], −1…1. */
  channels: Float32Array[];
}

const pcm = 1;
const extensible = 0xfffe;

/**
 * Reads a WAVE file of 16-bit samples, as the server writes them.
 * @throws {RangeError} It is something else.
 */
export function readWav(file: ArrayBuffer): Sound {
  const view = new DataView(file);
  if (view.byteLength < 12 || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE') throw new RangeError('Not a WAVE file.');
  let format: { channels: number; sampleRate: number } | undefined;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const [name, size] = [tag(view, at), view.getUint32(at + 4, true)];
    const start = at + 8;
    if (name === 'fmt ') {
      const kind = view.getUint16(start, true);
      if ((kind !== pcm && kind !== extensible) || view.getUint16(start + 14, true) !== 16) throw new RangeError('Only 16-bit samples are read.');
      format = { channels: view.getUint16(start + 2, true), sampleRate: view.getUint32(start + 4, true) };
    } else if (name === 'data') {
      if (!format) throw new RangeError('The data come before their format.');
      return { sampleRate: format.sampleRate, channels: samples(view, start, Math.min(size, view.byteLength - start), format.channels) };
    }
    at = start + size + (size % 2);
  }
  throw new RangeError('There are no data.');
}

function samples(view: DataView, start: number, bytes: number, count: number): Float32Array[] {
  const frames = Math.floor(bytes / 2 / count);
  const channels = Array.from({ length: count }, () => new Float32Array(frames));
  for (let frame = 0, at = start; frame < frames; frame++) {
    for (let channel = 0; channel < count; channel++, at += 2) channels[channel]![frame] = view.getInt16(at, true) / 32768;
  }
  return channels;
}

const tag = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
