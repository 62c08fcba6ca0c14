import { computed, watch } from 'vue';
import { stored } from '../page/stored';
import { en, type Key } from './en';
import { es } from './es';
import { knowledge } from './knowledge';

export type Language = 'en' | 'es';
export type { Key } from './en';

const preferred = (): Language => (navigator.languages.find((tag) => /^(en|es)\b/i.test(tag))?.toLowerCase().startsWith('es') ? 'es' : 'en');

export const language = stored<Language>('language', preferred(), (value): value is Language => value === 'en' || value === 'es');

watch(language, (now) => (document.documentElement.lang = now), { immediate: true });

const catalogues: Record<Language, Record<Key, string>> = { en, es };

export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** The text in the language that is shown. */
export const t = (key: Key, values: Readonly<Record<string, string | number>> = {}): string => fill(catalogues[language.value][key], values);

const named = (part: 'dimensions' | 'impressions' | 'parameters', name: string): string =>
  (knowledge[language.value][part] as Readonly<Record<string, string>>)[name] ?? name;

/** What the knowledge base calls a taste or a texture; as it stands where it has no name for it. */
export const dimension = (name: string): string => named('dimensions', name);

/** What it calls a flavour or a feeling. */
export const impression = (name: string): string => named('impressions', name);

/** What it calls a parameter of the plan. */
export const parameter = (name: string): string => named('parameters', name);

const percents = computed(() => new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 0 }));
const days = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }));

/** @param share 0…1. */
export const percent = (share: number): string => percents.value.format(share);

export const number = (value: number, digits: number): string =>
  new Intl.NumberFormat(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export const moment = (iso: string): string => days.value.format(new Date(iso));

/** 75 → 1:15. */
export const clock = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
