import { getAudio, isTerminal, openEvents, Refused, type Audio, type JobEvent } from './client';
import { EventParser } from './eventParser';

export type Connection = 'live' | 'reconnecting' | 'polling';

export interface FollowOptions {
  onEvent(event: JobEvent): void;
  onConnection?(connection: Connection): void;
  signal: AbortSignal;
  /** What a test replaces. */
  open?: typeof openEvents;
  look?: (id: string, signal: AbortSignal) => Promise<Audio>;
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** After so many broken connections in a row the page looks for itself, and tries the stream again now and then. */
const breaksBeforePolling = 3;
const looksBetweenTries = 5;
const pollMilliseconds = 1500;
const longestWait = 8000;

/** The server writes at least every 15 s; a connection that is silent for this long is dead. */
const silenceMilliseconds = 40_000;

/**
 * Follows a job until it has ended: by server-sent events, again after a broken connection, and by polling where events do not get through.
 * @throws {Refused} The job is unknown or deleted, or the caller may not see it.
 */
export async function follow(id: string, options: FollowOptions): Promise<void> {
  const { onEvent, onConnection, signal, open = openEvents, look = getAudio, wait = pause } = options;
  let lastEventId = '';
  for (let breaks = 0; !signal.aborted; ) {
    try {
      const ended = await readStream(await open(id, lastEventId, signal), signal, (event, eventId) => {
        breaks = 0;
        lastEventId = eventId;
        onConnection?.('live');
        onEvent(event);
      });
      if (ended) return;
    } catch (error) {
      if (signal.aborted) return;
      // Whatever else went wrong (no network, a server that starts anew, a proxy's error page) may be over in a moment.
      if (isFinal(error)) throw error;
    }

    breaks++;
    if (breaks < breaksBeforePolling) {
      onConnection?.('reconnecting');
      await wait(Math.min(500 * 2 ** breaks, longestWait), signal);
    } else if (await poll()) return;
  }

  async function poll(): Promise<boolean> {
    for (let looks = 0; looks < looksBetweenTries && !signal.aborted; looks++) {
      try {
        const audio = await look(id, signal);
        onConnection?.('polling');
        onEvent({ audio_id: audio.audio_id, status: audio.status, progress: audio.progress, error: audio.error ?? null });
        if (isTerminal(audio.status)) return true;
      } catch (error) {
        if (signal.aborted) return true;
        if (isFinal(error)) throw error;
        onConnection?.('reconnecting');
      }
      await wait(pollMilliseconds, signal);
    }
    return false;
  }
}

const isFinal = (error: unknown): boolean => error instanceof Refused && [401, 404, 410].includes(error.status);

/** @returns true when the server said that this was all. */
async function readStream(response: Response, signal: AbortSignal, onEvent: (event: JobEvent, id: string) => void): Promise<boolean> {
  if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return false;
  const reader = response.body!.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const parser = new EventParser();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => void reader.cancel().catch(() => undefined), silenceMilliseconds);
  };
  try {
    for (listen(); !signal.aborted; listen()) {
      const { done, value } = await reader.read();
      if (done) return false;
      for (const event of parser.push(value)) {
        onEvent(JSON.parse(event.data), event.id);
        if (event.name === 'end') {
          void reader.cancel().catch(() => undefined);
          return true;
        }
      }
    }
    return false;
  } finally {
    clearTimeout(silence);
  }
}

/** Ends early, without an error, when the signal is tripped. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
