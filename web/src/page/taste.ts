import { ref, watch } from 'vue';
import type { Taste } from '../taste/tastes';

/** The taste that colours the page at present. */
export const pageTaste = ref<Taste>();

watch(pageTaste, (now) => (document.documentElement.dataset.taste = now ?? 'none'), { immediate: true });
