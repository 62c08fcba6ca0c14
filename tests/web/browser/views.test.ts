import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, screenshots, sentence, violations, visit } from '../support/browser';
import { root, Servers } from '../support/servers';

let servers: Servers;
let browser: Browser;
let study: string;
const songs: Record<string, string> = {};

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  study = mkdtempSync(join(tmpdir(), 'audioreprompt-study-'));
  writeFileSync(join(study, 'prompts.csv'), 'id,prompt,taste\n1,Warm apricot jam on brioche in the kitchen,sweet\n2,Candied almonds at the winter market,sweet\n3,Un ceviche muy ácido frente al mar,sour\n4,Limón con sal antes de la siesta,sour\n');
  [servers, browser] = await Promise.all([Servers.start(), launch()]);
  execFileSync('dotnet', [join(root, 'cli/bin/Release/net10.0/audioreprompt.dll'), 'evaluate', 'run', join(study, 'prompts.csv'), '--out', join(study, 'out'), '--duration', '2'], { stdio: 'pipe' });
  const generate = async (prompt: string, more: object) => {
    const answer = await fetch(`${servers.address}/api/audio/generate`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Prefer: 'wait=60' }, body: JSON.stringify({ prompt, seed: 4, ...more }),
    });
    return ((await answer.json()) as { audio_id: string }).audio_id;
  };
  for (const prompt of ['Grandmother’s vanilla custard on a quiet Sunday', 'Slow miso ramen at a tiny counter while the rain falls outside', 'Unas anchoas bien saladas en la barra, al mediodía y sin prisa', 'A bitter espresso alone on a rainy morning']) await generate(prompt, {});
  for (const language of ['en', 'es'] as const) {
    songs[`${language}-raw`] = await generate(sentence[language], { reprompt: false });
    songs[language] = await generate(sentence[language], {});
  }
});
afterAll(async () => {
  await browser?.close();
  await servers?.stop();
  if (study) rmSync(study, { recursive: true, force: true });
});

const drawn = (page: Page) => page.waitForFunction(() => document.querySelectorAll('.wave:not(.flat)').length > 0 && document.querySelectorAll('.wave.flat').length === 0);
const still = (page: Page) => page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))));

type Language = 'en' | 'es';
const views: { name: string; open(page: Page, language: Language): Promise<unknown> }[] = [
  { name: 'write', open: (page) => page.waitForSelector('#examples-title') },
  {
    name: 'preview',
    open: async (page, language) => {
      await page.locator('summary').click();
      await page.fill('#sentence', sentence[language]);
      await page.waitForSelector('#why-title');
      await page.locator('button[aria-expanded=false]').click();
    },
  },
  {
    name: 'song',
    open: async (page, language) => {
      await page.goto(`${servers.address}/#/song/${songs[language]}`);
      await drawn(page);
    },
  },
  {
    name: 'compare',
    open: async (page, language) => {
      await page.goto(`${servers.address}/#/compare/${songs[`${language}-raw`]}/${songs[language]}`);
      await page.locator('button.play:not([disabled])').waitFor();
      await drawn(page);
    },
  },
  {
    name: 'history',
    open: async (page) => {
      await page.goto(`${servers.address}/#/history`);
      await page.locator('main li').nth(4).waitFor();
    },
  },
  { name: 'study', open: (page) => page.goto(`${servers.address}/#/study`).then(() => page.waitForSelector('#report', { state: 'attached' })) },
  { name: 'study-results', open: (page) => page.setInputFiles('#report', join(study, 'out/results.json')).then(() => page.waitForSelector('#by-taste')) },
  {
    name: 'study-report',
    open: async (page) => {
      await page.locator('main button', { hasText: /report|informe/ }).click();
      await page.setInputFiles('#report', join(study, 'out/report.html'));
      await page.waitForFunction(() => document.querySelector('.frame')?.shadowRoot?.querySelector('.study-figure'));
    },
  },
  {
    name: 'gone',
    open: async (page) => {
      await page.goto(`${servers.address}/#/song/01a2193c-2b59-7391-a7a6-de0698748852`);
      await page.locator('h1', { hasText: /no such|No existe/ }).waitFor();
    },
  },
];

describe.each([360, 768, 1440])('%i px wide', (width) => {
  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test.each(['en', 'es'] as const)('views_In_%s_AreAccessibleAndFit', async (language) => {
      const { page, complaints, close } = await visit(
        browser, servers.address, { viewport: { width, height: 900 }, colorScheme, locale: language, isMobile: width < 500, hasTouch: width < 500 }, /404/);
      for (const view of views) {
        await view.open(page, language);
        await still(page);
        const name = `${view.name}-${width}-${colorScheme}-${language}`;
        await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
        expect({ [name]: await violations(page) }).toEqual({ [name]: [] });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect({ [name]: wider }).toEqual({ [name]: 0 });
      }
      expect(complaints).toEqual([]);
      await close();
    });
  });
});

test('states_NoSongs_NoFavouritesAndNoMatch_SayWhatToDo', async () => {
  const empty = await Servers.start({}, false);
  try {
    const { page, complaints, close } = await visit(browser, `${empty.address}/#/history`);
    await page.getByRole('heading', { name: 'No songs yet' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Favourites' }).click();
    await page.getByText('No favourites yet.').waitFor();
    await page.getByRole('button', { name: 'Favourites' }).click();
    await page.fill('#search', 'taco');
    await page.getByText('Nothing found for “taco”.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  } finally {
    await empty.stop();
  }
});

test('history_SearchFavouritesAndPages_FindASong', async () => {
  const { page, complaints, close } = await visit(browser, `${servers.address}/#/history`);
  await page.locator('main li').nth(4).waitFor();
  await page.fill('#search', 'ESPRESSO rainy');
  await expect.poll(() => page.locator('main li').count()).toBe(1);
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  await page.fill('#search', '');
  await page.getByRole('button', { name: 'Favourites', exact: true }).click();
  await expect.poll(() => page.locator('main li').count()).toBe(1);
  await page.reload();
  await page.getByRole('button', { name: 'Favourites', exact: true }).click();
  await page.locator('main li', { hasText: 'espresso' }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('study_SomeOtherFile_IsRefusedInWords', async () => {
  const { page, close } = await visit(browser, `${servers.address}/#/study`);
  await page.setInputFiles('#report', { name: 'holiday.json', mimeType: 'application/json', buffer: Buffer.from('{"sun":true}') });
  await page.getByText('“holiday.json” is neither').waitFor();
  await close();
});

test('theme_Chosen_GoesBeforeTheSystemsAndIsKept', async () => {
  const { page, close } = await visit(browser, servers.address, { colorScheme: 'light' });
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await page.getByRole('button', { name: /^Colours/ }).click();
  await page.getByRole('button', { name: /^Colours/ }).click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.waitForSelector('h1');
  expect(await paper()).toBe(dark);
  await close();
});
