import { ref, watch, type Ref } from 'vue';

/** A setting that this browser keeps. What is stored and cannot be read counts as absent. */
export function stored<T>(name: string, fallback: T, isValid: (value: unknown) => value is T): Ref<T> {
  const key = `audioreprompt.${name}`;
  const value = ref(read(key, fallback, isValid)) as Ref<T>;
  watch(value, (now) => write(key, now), { deep: true });
  return value;
}

function read<T>(key: string, fallback: T, isValid: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(key);
    const value: unknown = text === null ? undefined : JSON.parse(text);
    return isValid(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the setting lasts as long as the page.
  }
}
