import { onScopeDispose, ref, shallowRef } from 'vue';
import { getAudio, getContent, isTerminal, Refused, Unreachable, type Audio, type JobEvent } from '../api/client';
import { follow, type Connection } from '../api/follow';
import type { Analysis } from './analysis';
import { analyseFile } from './analyseFile';
import { TimeLeft } from './timeLeft';

/** A song on its way and after: its record, its WAV and what is drawn of it. */
export function useSong(id: string) {
  const audio = shallowRef<Audio>();
  const problem = shallowRef<Refused | Unreachable>();
  const connection = ref<Connection>('live');
  const secondsLeft = ref<number>();
  /** An object address of the WAV; set when it was fetched whole. */
  const file = ref<string>();
  const analysis = shallowRef<Analysis>();
  const stop = new AbortController();
  const timeLeft = new TimeLeft();
  let fetching: Promise<void> | undefined;

  async function load(): Promise<void> {
    problem.value = undefined;
    try {
      await refresh();
      if (audio.value && !isTerminal(audio.value.status)) {
        await follow(id, { onEvent, onConnection: (now) => (connection.value = now), signal: stop.signal });
        connection.value = 'live';
        await refresh();
      }
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error;
    }
  }

  function onEvent(event: JobEvent): void {
    if (!audio.value) return;
    // The end is shown together with what came of it, which is asked for next.
    if (isTerminal(event.status)) return;
    const before = audio.value.status;
    audio.value = { ...audio.value, status: event.status, progress: event.progress, error: event.error };
    secondsLeft.value = event.status === 'running' ? timeLeft.update(event.progress, performance.now()) : undefined;
    // While it is judged it can be heard already.
    if (event.status === 'scoring' && before !== 'scoring') refresh().catch(() => undefined);
  }

  async function refresh(): Promise<void> {
    audio.value = await getAudio(id, stop.signal);
    if (audio.value.audio_url && !file.value) await (fetching ??= fetchFile().finally(() => (fetching = undefined)));
  }

  async function fetchFile(): Promise<void> {
    const blob = await getContent(id, stop.signal);
    if (stop.signal.aborted) return;
    file.value = URL.createObjectURL(blob);
    analysis.value = await analyseFile(blob);
  }

  onScopeDispose(() => {
    stop.abort();
    if (file.value) URL.revokeObjectURL(file.value);
  });
  return { audio, problem, connection, secondsLeft, file, analysis, load };
}
