import type { Audio } from '../api/client';

const plain = (text: string): string => text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();

/** Whether a song answers a search: every word stands in its sentence or its musical prompt, whatever case or accents. */
export function matches(audio: Pick<Audio, 'prompt' | 'improved_prompt' | 'engine'>, search: string): boolean {
  const text = plain(`${audio.prompt} ${audio.improved_prompt} ${audio.engine ?? ''}`);
  return plain(search).split(/\s+/).every((word) => text.includes(word));
}
