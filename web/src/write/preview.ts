import { onScopeDispose, ref, watch, type Ref } from 'vue';
import { refine, Refused, type Refined } from '../api/client';
import { isAllowed } from './sentence';

/** So long after the last letter the sentence is tasted. */
const restMilliseconds = 350;

/** What the sentence would become, looked up whenever typing pauses. */
export function usePreview(sentence: Ref<string>): { refined: Ref<Refined | undefined>; of: Ref<string>; failed: Ref<boolean>; tasting: Ref<boolean> } {
  const refined = ref<Refined>();
  const of = ref('');
  const failed = ref(false);
  const tasting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = new AbortController();

  async function taste(text: string): Promise<void> {
    stop = new AbortController();
    const { signal } = stop;
    tasting.value = true;
    try {
      refined.value = await refine(text, signal);
      of.value = text;
      failed.value = false;
    } catch (error) {
      if (signal.aborted) return;
      // Too many looks in a minute: the last one stays, the next pause tries again.
      failed.value = !(error instanceof Refused && error.status === 429);
    } finally {
      if (!signal.aborted) tasting.value = false;
    }
  }

  watch(
    sentence,
    (text) => {
      clearTimeout(timer);
      stop.abort();
      const trimmed = text.trim();
      tasting.value = false;
      if (trimmed === of.value) return;
      if (!isAllowed(trimmed)) {
        [refined.value, of.value, failed.value] = [undefined, '', false];
        return;
      }
      timer = setTimeout(() => void taste(trimmed), restMilliseconds);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    stop.abort();
  });
  return { refined, of, failed, tasting };
}
