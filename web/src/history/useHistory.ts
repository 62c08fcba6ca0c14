import { computed, ref, shallowRef, watch } from 'vue';
import { deleteAudio, getAudio, listAudio, Refused, Unreachable, type Audio } from '../api/client';
import { favourites } from './favourites';
import { matches } from './search';

const pageSize = 20;

/** A search asks for pages of this size, and for no more than these: what lies deeper is found by scrolling on. */
const searchPageSize = 100;
const mostSearched = 1000;

/** The server's list, a page at a time; a search reads on by itself. */
export function useHistory() {
  const items = shallowRef<Audio[]>([]);
  const next = ref<string | null>();
  const loading = ref(false);
  const problem = shallowRef<Refused | Unreachable>();
  const search = ref('');
  const onlyFavourites = ref(false);
  /** Favourites that are too old to be on the pages read so far. */
  const older = shallowRef<Audio[]>([]);
  const lost = ref(false);

  const started = computed(() => next.value !== undefined);
  const shown = computed(() => {
    const list = onlyFavourites.value
      ? favourites.value.map((id) => [...items.value, ...older.value].find((audio) => audio.audio_id === id)).filter((audio) => audio !== undefined)
      : items.value;
    return search.value.trim() ? list.filter((audio) => matches(audio, search.value.trim())) : list;
  });

  async function guarded(work: () => Promise<void>): Promise<void> {
    if (loading.value) return;
    [loading.value, problem.value] = [true, undefined];
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      problem.value = error;
    } finally {
      loading.value = false;
    }
  }

  async function page(size: number): Promise<void> {
    const answer = await listAudio(size, next.value ?? undefined);
    // A song that came or went meanwhile must not stand twice.
    const known = new Set(items.value.map((audio) => audio.audio_id));
    items.value = [...items.value, ...answer.items.filter((audio) => !known.has(audio.audio_id))];
    next.value = answer.next;
  }

  const more = () => guarded(() => page(pageSize));

  const searchOn = () => guarded(async () => {
    while (search.value.trim() && next.value && items.value.length < mostSearched) await page(searchPageSize);
  });

  const findFavourites = () => guarded(async () => {
    for (const id of favourites.value) {
      if ([...items.value, ...older.value].some((audio) => audio.audio_id === id)) continue;
      try {
        older.value = [...older.value, await getAudio(id)];
      } catch (error) {
        if (!(error instanceof Refused && [404, 410].includes(error.status))) throw error;
        lost.value = true;
        favourites.value = favourites.value.filter((one) => one !== id);
      }
    }
  });

  const remove = (id: string) => guarded(async () => {
    await deleteAudio(id);
    items.value = items.value.filter((audio) => audio.audio_id !== id);
    older.value = older.value.filter((audio) => audio.audio_id !== id);
    favourites.value = favourites.value.filter((one) => one !== id);
  });

  watch(search, searchOn);
  watch(onlyFavourites, (only) => only && findFavourites());
  return { items, shown, next, started, loading, problem, search, onlyFavourites, lost, more, remove };
}
