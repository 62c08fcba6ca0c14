import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf, launch, makeSong, playedTo, sentence, untilPlayedBeyond, visit } from '../support/browser';
import { Servers } from '../support/servers';

let servers: Servers;
let browser: Browser;

beforeAll(async () => {
  [servers, browser] = await Promise.all([Servers.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await servers?.stop();
});

const words = {
  en: { make: 'Make music', dominant: 'Mostly spicy', read: 'Read as English', history: 'History', delete: 'Delete', sure: 'Delete for good?', gone: 'This song is gone', player: 'Player', pause: 'Pause', play: 'Play' },
  es: { make: 'Hacer música', dominant: 'Sobre todo ácido', read: 'Leída como español', history: 'Historial', delete: 'Borrar', sure: '¿Borrarla para siempre?', gone: 'Esta canción ya no está', player: 'Reproductor', pause: 'Pausar', play: 'Reproducir' },
};

const download = async (page: Page, name: RegExp) => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByLabel(name).click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
};
const fromApi = async (path: string) => Buffer.from(await (await fetch(`${servers.address}/api/audio/${path}`)).arrayBuffer());

describe.each(['en', 'es'] as const)('a song in %s', (language) => {
  const say = words[language];

  test('page_FromTheSentenceToItsDeletion_Works', async () => {
    const { page, complaints, close } = await visit(browser, servers.address, { locale: language === 'en' ? 'en-GB' : 'es-MX' });

    // Written and tasted, before anything is made.
    await page.fill('#sentence', sentence[language]);
    await page.getByText(say.dominant).waitFor();
    await page.getByText(say.read).waitFor();
    expect(await page.locator('.under mark[data-taste]:not([data-taste=none])').allTextContents()).toContain(language === 'en' ? 'taco al pastor' : 'ceviche');
    expect(await page.locator('#why-title').isVisible()).toBe(true);
    expect(await page.locator('html').getAttribute('data-taste')).toBe(language === 'en' ? 'spicy' : 'sour');

    // Made, with enough music for the way to be seen.
    await page.locator('summary').click();
    await page.fill('#duration', '40');
    await page.fill('#seed', '7');
    await page.getByRole('button', { name: say.make }).click();
    await page.waitForSelector('[role=progressbar]');
    await page.waitForSelector('[data-status=completed]', { timeout: 60_000 });
    const id = idOf(page);

    // Heard: it plays by itself, for a click asked for it.
    await untilPlayedBeyond(page, 0.5);
    await page.getByRole('button', { name: say.pause }).click();
    const rest = await playedTo(page);
    await page.getByRole('button', { name: say.play, exact: true }).click();
    await untilPlayedBeyond(page, rest + 0.3);

    // Drawn: waveform and spectrogram are no empty canvases.
    const inks = await page.evaluate(() => {
      const canvases = [...document.querySelectorAll('canvas'), ...[...document.querySelectorAll('.wave > div')].flatMap((host) => [...host.shadowRoot!.querySelectorAll('canvas')])];
      return canvases.map((canvas) => new Set(new Uint32Array(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
    });
    expect(inks.length).toBeGreaterThanOrEqual(2);
    for (const colours of inks) expect(colours).toBeGreaterThan(3);

    // Kept: byte by byte what the API gives.
    const wav = await download(page, /WAV$/);
    expect(wav.name).toBe(`audioreprompt-${id}.wav`);
    expect(wav.bytes.equals(await fromApi(`${id}/content`))).toBe(true);
    expect(wav.bytes.length).toBe(44 + 40 * 32000 * 2 * 2);
    const midi = await download(page, /MIDI$/);
    expect(midi.name).toBe(`audioreprompt-${id}.mid`);
    expect(midi.bytes.equals(await fromApi(`${id}/score`))).toBe(true);

    // Found again and deleted.
    await page.getByRole('link', { name: say.history }).click();
    const row = page.locator('main li', { hasText: sentence[language] });
    await row.waitFor();
    await row.getByRole('button', { name: say.delete }).click();
    await row.getByRole('button', { name: say.sure }).click();
    await row.waitFor({ state: 'detached' });
    expect((await fetch(`${servers.address}/api/audio/${id}`)).status).toBe(410);
    await page.goto(`${servers.address}/#/song/${id}`);
    await page.getByRole('heading', { name: say.gone }).waitFor();

    expect(complaints.filter((text) => !/410/.test(text))).toEqual([]);
    await close();
  });
});

test('page_SharedLink_OpensTheSongForSomebodyElse', async () => {
  const one = await visit(browser, servers.address, { permissions: ['clipboard-read', 'clipboard-write'] });
  const id = await makeSong(one.page, sentence.en);
  await one.page.getByRole('button', { name: 'Copy link' }).click();
  await one.page.getByText('Link copied').waitFor();
  const link = await one.page.evaluate(() => navigator.clipboard.readText());
  const other = await visit(browser, link, { locale: 'es-ES' });
  await other.page.waitForSelector('[data-status=completed]');
  expect(await other.page.locator('h1').innerText()).toBe(sentence.en);
  // Nobody asked for sound here.
  expect(await playedTo(other.page)).toBe(0);
  expect([link.endsWith(`#/song/${id}`), one.complaints, other.complaints]).toEqual([true, [], []]);
  await Promise.all([one.close(), other.close()]);
});

test('compare_OneKey_SwitchesWhatIsHeard', async () => {
  const { page, complaints, close } = await visit(browser, servers.address);
  await makeSong(page, sentence.en);
  await page.getByRole('button', { name: 'Compare with the raw sentence' }).click();
  await page.waitForSelector('[data-side=raw]');
  await page.locator('button.play:not([disabled])').waitFor();
  const muted = () => page.evaluate(() => [...document.querySelectorAll('audio')].map((audio) => audio.muted));
  await page.keyboard.press(' ');
  await untilPlayedBeyond(page, 0.3);
  expect(await muted()).toEqual([false, true]);
  await page.keyboard.press('x');
  expect(await muted()).toEqual([true, false]);
  const apart = await page.evaluate(() => {
    const [one, other] = [...document.querySelectorAll('audio')];
    return Math.abs(one!.currentTime - other!.currentTime);
  });
  expect(apart).toBeLessThan(0.15);
  // The raw side is another piece, of the same seed.
  const [, raw, refined] = /compare\/([0-9a-f-]+)\/([0-9a-f-]+)/.exec(page.url())!;
  const [one, other] = await Promise.all([raw!, refined!].map(async (id) => (await fetch(`${servers.address}/api/audio/${id}`)).json()));
  expect([one.seed, one.prompt, one.explanation.curator]).toEqual([other.seed, other.prompt, 'none']);
  expect((await fromApi(`${raw}/content`)).equals(await fromApi(`${refined}/content`))).toBe(false);
  expect(await page.getByText('Both recordings are the same').count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});

test('another_Seed_IsAnotherSongOfTheSameSentence', async () => {
  const { page, close } = await visit(browser, servers.address);
  const first = await makeSong(page, sentence.es);
  await page.getByRole('button', { name: 'Another seed' }).click();
  await page.waitForFunction((id) => !location.hash.includes(id), first);
  await page.waitForSelector('[data-status=completed]');
  const [one, other] = await Promise.all([first, idOf(page)].map(async (id) => (await fetch(`${servers.address}/api/audio/${id}`)).json()));
  expect(other.prompt).toBe(one.prompt);
  expect(other.seed).not.toBe(one.seed);
  await close();
});

test('examples_EveryOne_TastesAsItSays', async () => {
  const { examples } = await import('../../../web/src/texts/examples');
  for (const [language, list] of Object.entries(examples)) {
    for (const example of list) {
      const answer = await fetch(`${servers.address}/api/prompt/refine`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ prompt: example.sentence }) });
      const refined = (await answer.json()) as { profile: { dominant_taste: string }; explanation: { language: string } };
      expect([example.sentence, refined.profile.dominant_taste, refined.explanation.language]).toEqual([example.sentence, example.taste, language]);
    }
  }
});
