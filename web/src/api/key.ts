import { ref } from 'vue';

const storageKey = 'audioreprompt.key';

/** Set while the server wants a key: the page shows a field, and {@link answerKey} ends the wait. */
export const keyQuestion = ref<{ rejected: boolean }>();

let answered: ((given: boolean) => void) | undefined;
let asking: Promise<boolean> | undefined;

/** The key that this tab was given; it is forgotten with the tab. */
export const currentKey = (): string | undefined => sessionStorage.getItem(storageKey) ?? undefined;

export const keyHeaders = (): Record<string, string> => {
  const key = currentKey();
  return key ? { 'X-Api-Key': key } : {};
};

/**
 * Asks for a key; callers that come meanwhile share the question.
 * @returns false where none was given.
 */
export function askForKey(used: string | undefined): Promise<boolean> {
  // Another request may have been given one since.
  if (currentKey() !== used) return Promise.resolve(true);
  asking ??= new Promise<boolean>((resolve) => {
    keyQuestion.value = { rejected: used !== undefined };
    answered = resolve;
  }).finally(() => {
    asking = undefined;
    keyQuestion.value = undefined;
  });
  return asking;
}

export function answerKey(key: string | undefined): void {
  if (key) sessionStorage.setItem(storageKey, key);
  answered?.(key !== undefined);
}
