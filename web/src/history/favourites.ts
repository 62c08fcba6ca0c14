import { stored } from '../page/stored';

const isList = (value: unknown): value is string[] => Array.isArray(value) && value.every((id) => typeof id === 'string');

/** Ids, the newest first; of this browser alone. */
export const favourites = stored<string[]>('favourites', [], isList);

export const isFavourite = (id: string): boolean => favourites.value.includes(id);

export function toggleFavourite(id: string): void {
  favourites.value = isFavourite(id) ? favourites.value.filter((one) => one !== id) : [id, ...favourites.value];
}
