import { askForKey, currentKey, keyHeaders } from './key';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Audio = Schemas['AudioAnswer'];
export type AudioList = Schemas['AudioListAnswer'];
export type Accepted = Schemas['GenerateAnswer'];
export type GenerateBody = Schemas['GenerateBody'];
export type Refined = Schemas['RefineAnswer'];
export type Profile = Schemas['TasteProfile'];
export type Explanation = Schemas['Explanation'];
export type WordFinding = Schemas['WordFinding'];
export type MusicalChoice = Schemas['MusicalChoice'];
export type Status = Schemas['JobState'];
export type JobEvent = Schemas['JobEvent'];
type Problem = Schemas['ProblemAnswer'];

/** Seconds that a listener may be asked to wait; who is told a longer time has used up what he may have. */
const longestWait = 120;

/** What the server says is wrong: as a whole in the message, and by field. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly fields: Readonly<Record<string, readonly string[]>> = {},
    /** Seconds, of an answer that is worth another try. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  /** The day's songs are gone. */
  get isUsedUp(): boolean {
    return this.status === 429 && (this.retryAfter ?? 0) > longestWait;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {}

export const isTerminal = (status: Status): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

/** The page's own folder, so that it works below any path. */
const address = (path: string): URL => new URL(`api/${path}`, document.baseURI);

/**
 * @throws {Refused} The server answered that it will not.
 * @throws {Unreachable} It did not answer.
 */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const key = currentKey();
    let response: Response;
    try {
      response = await fetch(address(path), { ...init, headers: { ...init.headers, ...keyHeaders() } });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new Unreachable();
    }

    if (response.ok) return response;
    if (response.status === 401 && (await askForKey(key))) continue;
    throw await refusalOf(response);
  }
}

async function refusalOf(response: Response): Promise<Refused> {
  let problem: Partial<Problem> = {};
  try {
    problem = await response.json();
  } catch {
    // A proxy in between answers in its own words.
  }
  const after = Number(response.headers.get('Retry-After'));
  return new Refused(problem.detail ?? `${response.status} ${response.statusText}`, response.status, problem.errors ?? {}, after > 0 ? after : undefined);
}

const json = async <T>(response: Promise<Response>): Promise<T> => (await response).json();

const post = (path: string, body: unknown, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<Response> =>
  request(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body), signal });

/** @param idempotencyKey The same for every try, so that a lost answer makes no second song. */
export const generate = (body: GenerateBody, idempotencyKey: string, signal?: AbortSignal): Promise<Accepted> =>
  json(post('audio/generate', body, signal, { 'Idempotency-Key': idempotencyKey }));

export const refine = (prompt: string, signal?: AbortSignal): Promise<Refined> => json(post('prompt/refine', { prompt }, signal));

export const getAudio = (id: string, signal?: AbortSignal): Promise<Audio> => json(request(`audio/${id}`, { signal }));

export const listAudio = (limit: number, before?: string): Promise<AudioList> =>
  json(request(`audio?limit=${limit}${before ? `&before=${before}` : ''}`));

export const deleteAudio = async (id: string): Promise<void> => {
  await request(`audio/${id}`, { method: 'DELETE' });
};

export const openEvents = (id: string, lastEventId: string, signal: AbortSignal): Promise<Response> =>
  request(`audio/${id}/events`, { signal, headers: lastEventId ? { 'Last-Event-ID': lastEventId } : {} });

export const getContent = async (id: string, signal?: AbortSignal): Promise<Blob> => (await request(`audio/${id}/content`, { signal })).blob();

export const getScore = async (id: string): Promise<Blob> => (await request(`audio/${id}/score`)).blob();

/** Where an audio element hears the song while it is made; undefined where it would need a key, which it cannot send. */
export const streamAddress = (id: string): string | undefined => (currentKey() ? undefined : address(`audio/${id}/stream`).href);
