import { watch } from 'vue';
import { stored } from './stored';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = stored<Theme>('theme', 'auto', (value): value is Theme => themes.includes(value as Theme));

watch(theme, (now) => (document.documentElement.dataset.theme = now), { immediate: true });
