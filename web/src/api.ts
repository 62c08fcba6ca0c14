export type Status = 'queued' | 'dispatched' | 'running' | 'scoring' | 'completed' | 'failed' | 'cancelled';

export interface Explanation {
  summary: string;
  choices: { parameter: string; value: string; because: string; source: string }[];
}

export interface Accepted {
  audio_id: string;
  status: Status;
  improved_prompt: string;
  explanation: Explanation;
}

export interface Audio extends Accepted {
  progress: number;
  audio_url: string | null;
  duration_seconds: number;
  seed: number;
  engine: string | null;
  error: string | null;
}

/** What the server says is wrong: by field, or as a whole. */
export class Refused extends Error {
  constructor(message: string, readonly fields: Record<string, string[]>) {
    super(message);
  }
}

const api = new URL('api/', document.baseURI).href;

async function answer<T>(response: Response): Promise<T> {
  const body = await response.json();
  if (!response.ok) throw new Refused(body.detail, body.errors ?? {});
  return body;
}

export async function generate(prompt: string, durationSeconds: number): Promise<Accepted> {
  return answer(await fetch(`${api}audio/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt, duration_seconds: durationSeconds }),
  }));
}

export async function get(id: string): Promise<Audio> {
  return answer(await fetch(`${api}audio/${id}`));
}

export async function remove(id: string): Promise<void> {
  await fetch(`${api}audio/${id}`, { method: 'DELETE' });
}

/** Calls back at every change until the job has ended; the browser itself connects again after a broken line. */
export function follow(id: string, onChange: (status: Status, progress: number, error: string | null) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`${api}audio/${id}/events`);
    const show = (event: MessageEvent) => {
      const data = JSON.parse(event.data);
      onChange(data.status, data.progress, data.error);
    };
    events.addEventListener('state', show);
    events.addEventListener('progress', show);
    events.addEventListener('end', (event) => {
      show(event);
      events.close();
      resolve();
    });
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) reject(new Error('events'));
    });
  });
}
