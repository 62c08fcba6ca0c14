import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refused, Unreachable } from '../../../web/src/api/client';
import { newOrder, ordered } from '../../../web/src/write/order';
import { isAllowed, lengthOf, oneLine } from '../../../web/src/write/sentence';
import { bodyOf, noSettings } from '../../../web/src/write/settings';

describe('the sentence', () => {
  test('lengthOf_EmojiAndBlanks_CountsCodePointsOfTheRest', () => expect(lengthOf('  🍋🍋 ab ')).toBe(5));
  test.each([[15, false], [16, true], [800, true], [801, false]])('isAllowed_%i_Is%s', (length, allowed) => expect(isAllowed('x'.repeat(length))).toBe(allowed));
  test('oneLine_PastedLines_BecomeOne', () => expect(oneLine('Sour\r\nmilk\tand\n\nrice')).toBe('Sour milk and rice'));
  test('oneLine_ControlCharacters_AreNoText', () => expect(oneLine('a\u0007b\u009fc')).toBe('abc'));
});

describe('bodyOf', () => {
  test('bodyOf_EmptySettings_LeavesThemToTheServer', () => expect(bodyOf(' A bitter espresso ', noSettings)).toEqual({ prompt: 'A bitter espresso', stream: true }));
  test('bodyOf_Zero_IsASeed', () => expect(bodyOf('x', { ...noSettings, seed: 0, duration: 4.5, guidance: 2, temperature: 0.5 }))
    .toEqual({ prompt: 'x', stream: true, seed: 0, duration_seconds: 4.5, guidance_scale: 2, temperature: 0.5 }));
});

describe('Order', () => {
  const body = { prompt: 'A bitter espresso alone' };
  const problem = (status: number, headers: Record<string, string> = {}, more = {}) =>
    new Response(JSON.stringify({ detail: 'No.', ...more }), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
  const accepted = () => new Response(JSON.stringify({ audio_id: 'a1' }), { status: 202 });
  const answers: (() => Response)[] = [];
  const sent: { key: string }[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    [answers.length, sent.length] = [0, 0];
    vi.stubGlobal('fetch', (_: URL, init: RequestInit) => {
      sent.push({ key: (init.headers as Record<string, string>)['Idempotency-Key']! });
      const answer = answers.shift();
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('Failed to fetch'));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('send_TooMany_WaitsAsToldAndTriesAgainWithTheSameKey', async () => {
    answers.push(() => problem(429, { 'Retry-After': '2' }), accepted);
    const order = newOrder();
    const sending = order.send(body);
    await vi.advanceTimersByTimeAsync(500);
    expect([order.busy, order.waiting, sent.length]).toEqual([true, 2, 1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(order.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect((await sending)?.audio_id).toBe('a1');
    expect(sent[1]!.key).toBe(sent[0]!.key);
    expect([order.busy, order.waiting]).toEqual([false, undefined]);
    expect(ordered.get('a1')).toEqual(body);
  });

  test('send_TodaysSongsUsedUp_DoesNotWaitForTomorrow', async () => {
    answers.push(() => problem(429, { 'Retry-After': '40000' }), accepted);
    const order = newOrder();
    expect(await order.send(body)).toBeUndefined();
    expect([order.busy, sent.length, (order.problem as Refused).isUsedUp]).toEqual([false, 1, true]);
  });

  test('send_StillUnavailable_GivesUpAndSaysWhy', async () => {
    for (let index = 0; index < 9; index++) answers.push(() => problem(503, { 'Retry-After': '1' }));
    const order = newOrder();
    const sending = order.send(body);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await sending).toBeUndefined();
    expect(sent.length).toBe(4);
    expect((order.problem as Refused).status).toBe(503);
  });

  test('send_BadField_KeepsTheServersWordsAndDoesNotTryAgain', async () => {
    answers.push(() => problem(400, {}, { errors: { seed: ['must be a whole number.'] } }));
    const order = newOrder();
    expect(await order.send(body)).toBeUndefined();
    expect((order.problem as Refused).fields).toEqual({ seed: ['must be a whole number.'] });
    expect(sent.length).toBe(1);
  });

  test('send_NobodyAnswers_IsUnreachable', async () => {
    const order = newOrder();
    expect(await order.send(body)).toBeUndefined();
    expect(order.problem).toBeInstanceOf(Unreachable);
  });

  test('cancel_WhileWaiting_SendsNoMore', async () => {
    answers.push(() => problem(429, { 'Retry-After': '30' }), accepted);
    const order = newOrder();
    const sending = order.send(body);
    await vi.advanceTimersByTimeAsync(3000);
    order.cancel();
    expect(await sending).toBeUndefined();
    expect([sent.length, order.busy, order.problem]).toEqual([1, false, undefined]);
  });
});
