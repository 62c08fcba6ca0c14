import type { GenerateBody } from '../api/client';
import { stored } from '../page/stored';

/** The settings that stand below the sentence; an empty field is the server's choice. */
export interface Settings {
  duration: number | '';
  seed: number | '';
  guidance: number | '';
  temperature: number | '';
}

export const noSettings: Settings = { duration: '', seed: '', guidance: '', temperature: '' };

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null
  && Object.keys(noSettings).every((name) => {
    const field = (value as Record<string, unknown>)[name];
    return field === '' || typeof field === 'number';
  });

export const settings = stored<Settings>('settings', { ...noSettings }, isSettings);

/** The body of a request. Streamed where the engine can, so that music is heard while it is made. */
export function bodyOf(prompt: string, { duration, seed, guidance, temperature }: Settings): GenerateBody {
  const body: GenerateBody = { prompt: prompt.trim(), stream: true };
  if (duration !== '') body.duration_seconds = duration;
  if (seed !== '') body.seed = seed;
  if (guidance !== '') body.guidance_scale = guidance;
  if (temperature !== '') body.temperature = temperature;
  return body;
}
