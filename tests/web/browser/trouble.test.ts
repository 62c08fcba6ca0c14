import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { idOf, launch, makeSong, playedTo, sentence, untilPlayedBeyond, visit } from '../support/browser';
import { Proxy } from '../support/proxy';
import { Servers } from '../support/servers';

let servers: Servers;
let browser: Browser;
let proxy: Proxy;

beforeAll(async () => {
  [servers, browser] = await Promise.all([Servers.start(), launch()]);
});
beforeEach(async () => {
  proxy = await Proxy.start(() => servers.port);
});
afterEach(() => proxy.stop());
afterAll(async () => {
  await browser?.close();
  await servers?.stop();
});

/** The browser itself complains of every answer that is an error; these were provoked. */
const provoked = /Failed to load resource|ERR_/;

const problem = (status: number, detail: string, more: object = {}) => JSON.stringify({ type: 'about:blank', title: '', status, detail, request_id: 'r', ...more });

test('page_BelowAPathPrefix_Works', async () => {
  const { page, complaints, close } = await visit(browser, proxy.address);
  await makeSong(page, sentence.en);
  await untilPlayedBeyond(page, 0.3);
  await page.getByRole('link', { name: 'History' }).click();
  await page.locator('main li').first().waitFor();
  expect(page.url().startsWith(proxy.address)).toBe(true);
  expect(complaints).toEqual([]);
  await close();
});

test('server_RestartsInTheMiddle_ThePageFinishesTheSong', async () => {
  const { page, complaints, close } = await visit(browser, servers.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.locator('summary').click();
  await page.fill('#duration', '300');
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-status=running]');
  await servers.stopFrontDoor();
  await page.getByText('The connection broke').waitFor();
  await servers.startFrontDoor();
  await page.waitForSelector('[data-status=completed]', { timeout: 90_000 });
  await page.waitForFunction(() => document.querySelector('audio')!.readyState >= 2);
  expect(complaints).toEqual([]);
  await close();
});

test('events_NeverGetThrough_ThePageLooksForItself', async () => {
  proxy.fault = (_, response, path) => {
    if (!path.endsWith('/events')) return false;
    response.destroy();
    return true;
  };
  const { page, complaints, close } = await visit(browser, proxy.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.locator('summary').click();
  await page.fill('#duration', '300');
  await page.click('button[type=submit]');
  await page.getByText('No live connection').waitFor();
  await page.waitForSelector('[data-status=completed]', { timeout: 90_000 });
  expect(complaints).toEqual([]);
  await close();
});

test('events_CutOnce_GoOnWhereTheyWere', async () => {
  const asked: (string | undefined)[] = [];
  proxy.fault = (request, _, path) => {
    if (path.endsWith('/events')) asked.push(request.headers['last-event-id'] as string | undefined);
    return false;
  };
  const { page, complaints, close } = await visit(browser, proxy.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.locator('summary').click();
  await page.fill('#duration', '300');
  await page.click('button[type=submit]');
  // Only events say how far it is: some have come.
  await page.getByText(/about \d+ s left/).waitFor();
  proxy.cut();
  await page.waitForSelector('[data-status=completed]', { timeout: 90_000 });
  expect(asked.length).toBeGreaterThan(1);
  expect(asked[0]).toBeUndefined();
  expect(Number(asked[1])).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  await close();
});

test('generate_StorageAway_IsTriedAgainAndMakesOneSong', async () => {
  const keys: unknown[] = [];
  proxy.fault = (request, response, path) => {
    if (path !== '/api/audio/generate') return false;
    keys.push(request.headers['idempotency-key']);
    if (keys.length > 1) return false;
    response.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '2' }).end(problem(503, 'The job store does not answer. Nothing was accepted; try again.'));
    return true;
  };
  const { page, complaints, close } = await visit(browser, proxy.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.click('button[type=submit]');
  await page.getByText('A part of the server is away for a moment.').waitFor();
  await page.getByText(/Trying again in \d s/).waitFor();
  await page.waitForSelector('[data-status=completed]');
  expect(keys.length).toBe(2);
  expect(keys[1]).toBe(keys[0]);
  expect(complaints).toEqual([]);
  await close();
});

test('generate_TooOften_SaysWhenItTriesAgain', async () => {
  const strict = await Servers.start({ AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE: '2' });
  try {
    const { page, complaints, close } = await visit(browser, strict.address, {}, provoked);
    // The preview is one of the two, the first song the other.
    await page.fill('#sentence', sentence.en);
    await page.getByText('Mostly spicy').waitFor();
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-status=completed]');
    await page.getByRole('button', { name: 'Another seed' }).click();
    await page.getByText('Many songs at once just now.').waitFor();
    await page.getByText(/Trying again in \d+ s/).waitFor();
    await page.getByRole('button', { name: 'Call off' }).click();
    await page.getByText(/Trying again/).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  } finally {
    await strict.stop();
  }
});

test('job_Fails_SaysWhyAndOffersAnotherTry', async () => {
  // The worker may upload to nobody.
  const broken = await Servers.start({ AUDIOREPROMPT__WORKER__UPLOAD_HOSTS: 'nowhere.example', AUDIOREPROMPT__DISPATCH__MAX_ATTEMPTS: '1' });
  try {
    const { page, complaints, close } = await visit(browser, broken.address, {}, provoked);
    await page.fill('#sentence', sentence.en);
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-status=failed]', { timeout: 60_000 });
    await page.getByRole('heading', { name: 'It did not work' }).waitFor();
    const answer = await (await fetch(`${broken.address}/api/audio/${idOf(page)}`)).json();
    expect(await page.locator('[data-status=failed] [role=alert]').innerText()).toBe(answer.error);
    expect(await page.getByRole('button', { name: 'Try again' }).isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  } finally {
    await broken.stop();
  }
});

test('settings_OutOfRange_AreToldInTheServersWords', async () => {
  const { page, close } = await visit(browser, servers.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.locator('summary').click();
  await page.fill('#duration', '301');
  await page.fill('#seed', '-1');
  await page.click('button[type=submit]');
  await page.getByText('must be from 1 to 300; found 301.').waitFor();
  await page.getByText('must be a whole number from 0 to 4294967295; found -1.').waitFor();
  expect(await page.locator('#duration').getAttribute('aria-invalid')).toBe('true');
  await close();
});

test('key_Wanted_IsAskedForOnceAndUsed', async () => {
  const locked = await Servers.start({ AUDIOREPROMPT_API_KEYS: 'right-key-of-sixteen' });
  try {
    const { page, complaints, close } = await visit(browser, locked.address, {}, provoked);
    await page.fill('#sentence', sentence.en);
    await page.getByRole('dialog').waitFor();
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Use the key' }).click();
    await page.getByText('That key was not accepted.').waitFor();
    await page.getByLabel('API key').fill('right-key-of-sixteen');
    await page.getByRole('button', { name: 'Use the key' }).click();
    await page.getByText('Mostly spicy').waitFor();
    await page.click('button[type=submit]');
    await page.waitForSelector('[data-status=completed]');
    await untilPlayedBeyond(page, 0.3);
    await page.getByRole('link', { name: 'History' }).click();
    await page.locator('main li').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  } finally {
    await locked.stop();
  }
});

test('stream_OfASongThatIsBeingMade_PlaysBeforeItIsReady', async () => {
  // The composer makes a piece in one go; here the stream comes from the test, as an engine that streams would send it.
  const rate = 32000;
  const seconds = 300;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + rate * seconds * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(rate * seconds * 2, 40);
  let finish: (() => void) | undefined;
  const held = new Promise<void>((done) => (finish = done));
  proxy.fault = async (request, response, path) => {
    if (path.endsWith('/stream')) {
      response.writeHead(200, { 'Content-Type': 'audio/wav', 'Content-Length': String(44 + rate * seconds * 2) });
      response.write(header);
      response.write(Buffer.alloc(rate * 2 * 30, 1));
      return true;
    }
    // The record says "running" until the test has heard enough.
    if (path.endsWith('/events')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const id = path.split('/')[3];
      response.write(`event: state\nid: 2\ndata: {"audio_id":"${id}","status":"running","progress":0.3,"error":null}\n\n`);
      await held;
      response.end(`event: end\nid: 9\ndata: {"audio_id":"${id}","status":"completed","progress":1,"error":null}\n\n`);
      return true;
    }
    if (/^\/api\/audio\/[0-9a-f-]{36}$/.test(path) && request.method === 'GET' && finish) {
      const answer = await (await fetch(`${servers.address}${path}`)).json();
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ ...answer, status: 'running', progress: 0.1, audio_url: null }));
      return true;
    }
    return false;
  };
  const { page, complaints, close } = await visit(browser, proxy.address);
  await page.fill('#sentence', sentence.en);
  await page.click('button[type=submit]');
  await page.getByText('You hear it while it is made.').waitFor();
  await untilPlayedBeyond(page, 1);
  expect(await page.locator('section[data-status=running]').first().isVisible()).toBe(true);

  // Ready: the stream plays on; at the next rest the whole file takes its place, at the same moment.
  finish!();
  finish = undefined;
  await page.waitForSelector('[data-status=completed]');
  await page.getByLabel('Download the WAV').waitFor();
  expect(await page.evaluate(() => document.querySelector('audio')!.src)).toMatch(/\/stream$/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForFunction(() => document.querySelector('audio')!.src.startsWith('blob:'));
  expect(await playedTo(page)).toBeGreaterThan(1);
  expect(complaints).toEqual([]);
  await close();
});

test('cancel_WhileItPlaysIn_EndsTheJob', async () => {
  const { page, close } = await visit(browser, servers.address, {}, provoked);
  await page.fill('#sentence', sentence.en);
  await page.locator('summary').click();
  await page.fill('#duration', '300');
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-status=running]');
  const id = idOf(page);
  await page.getByRole('button', { name: 'Call off' }).click();
  await page.getByRole('heading', { name: 'What does your food sound like?' }).waitFor();
  expect(await page.inputValue('#sentence')).toBe(sentence.en);
  expect((await fetch(`${servers.address}/api/audio/${id}`)).status).toBe(410);
  await close();
});

test('song_Unknown_SaysSo', async () => {
  const { page, close } = await visit(browser, `${servers.address}/#/song/01a2193c-2b59-7391-a7a6-de0698748852`, {}, provoked);
  await page.getByRole('heading', { name: 'There is no such song' }).waitFor();
  await close();
});
