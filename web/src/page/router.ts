import { readonly, ref } from 'vue';

export type Route =
  | { view: 'write' }
  | { view: 'song'; id: string }
  | { view: 'compare'; raw: string; refined: string }
  | { view: 'history' }
  | { view: 'study' };

const id = '[0-9a-fA-F-]{36}';

/** Routes stand behind the '#', so that the page works below any path without the server's knowing. */
export function parseHash(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').replace(/\/$/, '');
  const song = new RegExp(`^song/(${id})$`).exec(path);
  if (song) return { view: 'song', id: song[1]!.toLowerCase() };
  const compare = new RegExp(`^compare/(${id})/(${id})$`).exec(path);
  if (compare) return { view: 'compare', raw: compare[1]!.toLowerCase(), refined: compare[2]!.toLowerCase() };
  if (path === 'history' || path === 'study') return { view: path };
  return { view: 'write' };
}

export function hashOf(route: Route): string {
  switch (route.view) {
    case 'write':
      return '#/';
    case 'song':
      return `#/song/${route.id}`;
    case 'compare':
      return `#/compare/${route.raw}/${route.refined}`;
    default:
      return `#/${route.view}`;
  }
}

const current = ref<Route>(parseHash(location.hash));
addEventListener('hashchange', () => (current.value = parseHash(location.hash)));

export const route = readonly(current);

export function go(to: Route): void {
  location.hash = hashOf(to);
}
