import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { root } from './servers';

const axeSource = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.AUDIOREPROMPT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--mute-audio'],
  });

/** A page, and what went wrong in it: errors, refused by its policy, asked of others. */
export interface Visit {
  page: Page;
  complaints: string[];
  close(): Promise<void>;
}

/** @param expected What a test provokes is no complaint. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions = {}, expected: RegExp = /^$/): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const complain = (text: string) => !expected.test(text) && complaints.push(text);
  page.on('console', (message) => message.type() === 'error' && complain(message.text()));
  page.on('pageerror', (error) => complain(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== new URL(address).origin) complain(`asked elsewhere: ${url.href}`);
  });
  await page.goto(address);
  await page.waitForSelector('h1');
  return { page, complaints, close: () => context.close() };
}

/** What axe finds against WCAG 2.2, A and AA. */
export async function violations(page: Page): Promise<string[]> {
  // Injected past the page's policy, which lets in no script but its own.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(context: unknown, options: unknown): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> } };
    const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));
  });
}

export const screenshots = join(root, 'tests/web/screenshots');
export const sentence = { en: 'A spicy taco al pastor at a noisy street stand, late at night', es: 'Un ceviche muy ácido frente al mar, con amigos' };

/** Writes the sentence, has it played and waits for the song. @returns Its id. */
export async function makeSong(page: Page, text: string): Promise<string> {
  await page.fill('#sentence', text);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-status=completed]', { timeout: 60_000 });
  return idOf(page);
}

export const idOf = (page: Page): string => /#\/song\/([0-9a-f-]{36})/.exec(page.url())![1]!;

/** Seconds at which the page's audio element stands. */
export const playedTo = (page: Page): Promise<number> => page.evaluate(() => document.querySelector('audio')!.currentTime);

export const untilPlayedBeyond = (page: Page, seconds: number): Promise<unknown> =>
  page.waitForFunction((least) => (document.querySelector('audio')?.currentTime ?? 0) > least, seconds, { timeout: 60_000 });
