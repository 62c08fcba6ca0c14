import { ref, watch } from 'vue';

const key = 'audioreprompt.draft';

/** The sentence in the field; it outlives a look at a song, and a reload. */
export const draft = ref(sessionStorage.getItem(key) ?? '');

watch(draft, (now) => sessionStorage.setItem(key, now));
