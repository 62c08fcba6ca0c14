import { onScopeDispose, ref, type Ref } from 'vue';

/** Counts up whenever the page may have changed its colours: what is drawn on a canvas must be drawn anew. */
export function useColourChanges(): Ref<number> {
  const changes = ref(0);
  const changed = () => changes.value++;
  const attributes = new MutationObserver(changed);
  attributes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'data-taste'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', changed);
  onScopeDispose(() => {
    attributes.disconnect();
    system.removeEventListener('change', changed);
  });
  return changes;
}

/** Reads colours as the browser paints them. */
export function paints(element: Element, ...names: string[]): string[] {
  const style = getComputedStyle(element);
  return names.map((name) => style.getPropertyValue(name).trim());
}

/** @returns Red, green and blue, 0…255, of a colour written #rrggbb. */
export function channelsOf(colour: string): [number, number, number] {
  const value = parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A table of 256 colours from one to another by way of a third, for levels. @returns [256 × 4], red, green, blue, alpha. */
export function ramp(from: string, by: string, to: string): Uint8ClampedArray {
  const stops = [channelsOf(from), channelsOf(by), channelsOf(to)] as const;
  const table = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * 2;
    const [one, other] = place < 1 ? [stops[0], stops[1]] : [stops[1], stops[2]];
    const share = place < 1 ? place : place - 1;
    for (let channel = 0; channel < 3; channel++) table[level * 4 + channel] = one[channel]! + (other[channel]! - one[channel]!) * share;
    table[level * 4 + 3] = 255;
  }
  return table;
}
