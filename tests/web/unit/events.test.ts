import { describe, expect, test } from 'vitest';
import { Refused, type Audio, type JobEvent } from '../../../web/src/api/client';
import { EventParser } from '../../../web/src/api/eventParser';
import { follow, type Connection } from '../../../web/src/api/follow';
import { TimeLeft } from '../../../web/src/song/timeLeft';

const frame = (name: string, id: number, status: string, progress = 0) =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify({ audio_id: 'a', status, progress, error: null })}\n\n`;

describe('EventParser', () => {
  test('push_CutAnywhere_GivesTheSameEvents', () => {
    const text = `retry: 1000\n\n${frame('state', 1, 'queued')}: still here\n\n${frame('end', 2, 'completed', 1)}`;
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new EventParser();
      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
      expect(events.map(({ name, id }) => [name, id])).toEqual([['state', '1'], ['end', '2']]);
    }
  });

  test('push_CarriageReturns_AreLineEndsToo', () => {
    expect(new EventParser().push('event: x\r\ndata: 1\r\ndata: 2\r\n\r\n')).toEqual([{ name: 'x', id: '', data: '1\n2' }]);
  });
});

describe('follow', () => {
  const stream = (...pieces: string[]) => new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    }),
    { headers: { 'Content-Type': 'text/event-stream' } },
  );

  function run(opens: (Response | Error)[], looks: (Partial<Audio> | Error)[] = []) {
    const events: JobEvent[] = [];
    const connections: Connection[] = [];
    const lastIds: string[] = [];
    const waits: number[] = [];
    const stop = new AbortController();
    const next = <T>(list: (T | Error)[], otherwise: string): Promise<T> => {
      const one = list.shift() ?? new Error(otherwise);
      return one instanceof Error ? Promise.reject(one) : Promise.resolve(one);
    };
    const done = follow('a', {
      signal: stop.signal,
      onEvent: (event) => events.push(event),
      onConnection: (connection) => connections.push(connection),
      open: (_, last) => {
        lastIds.push(last);
        return next(opens, 'no more streams');
      },
      look: () => next(looks as (Audio | Error)[], 'no more answers'),
      wait: (milliseconds) => {
        waits.push(milliseconds);
        if (waits.length > 40) stop.abort();
        return Promise.resolve();
      },
    });
    return { done, events, connections, lastIds, waits };
  }

  test('follow_OneStream_TellsAllUntilTheEnd', async () => {
    const { done, events } = run([stream(frame('state', 1, 'queued'), frame('progress', 3, 'running', 0.4), frame('end', 5, 'completed', 1))]);
    await done;
    expect(events.map(({ status }) => status)).toEqual(['queued', 'running', 'completed']);
  });

  test('follow_BrokenStream_GoesOnAfterTheLastEvent', async () => {
    const { done, lastIds, connections, events } = run([stream(frame('state', 1, 'queued'), frame('state', 7, 'running')), stream(frame('end', 9, 'completed', 1))]);
    await done;
    expect(lastIds).toEqual(['', '7']);
    expect(connections).toContain('reconnecting');
    expect(events.at(-1)!.status).toBe('completed');
  });

  test('follow_NoStreamGetsThrough_LooksForItself', async () => {
    const { done, connections, events } = run(
      [new Error('x'), new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), new Error('x')],
      [{ audio_id: 'a', status: 'running', progress: 0.5 }, { audio_id: 'a', status: 'completed', progress: 1 }],
    );
    await done;
    expect(connections.at(-1)).toBe('polling');
    expect(events.map(({ status }) => status)).toEqual(['running', 'completed']);
  });

  test('follow_PollingForAWhile_TriesTheStreamAgain', async () => {
    const looks = Array.from({ length: 5 }, () => ({ audio_id: 'a', status: 'running' as const, progress: 0.2 }));
    const { done, lastIds, connections } = run([new Error('x'), new Error('x'), new Error('x'), stream(frame('end', 4, 'completed', 1))], looks);
    await done;
    expect(lastIds.length).toBe(4);
    expect(connections.at(-1)).toBe('live');
  });

  test('follow_UnknownJob_IsToldAtOnce', async () => {
    const { done, waits } = run([new Refused('Gone.', 410)]);
    await expect(done).rejects.toMatchObject({ status: 410 });
    expect(waits).toEqual([]);
  });

  test('follow_BreaksInARow_WaitLonger', async () => {
    const { done, waits } = run([new Error('x'), new Error('x'), new Error('x')], [{ audio_id: 'a', status: 'failed', progress: 0 }]);
    await done;
    expect(waits[1]!).toBeGreaterThan(waits[0]!);
  });
});

describe('TimeLeft', () => {
  test('update_HalfDoneAfterTenSeconds_SaysTen', () => {
    const left = new TimeLeft();
    expect(left.update(0, 1000)).toBeUndefined();
    expect(left.update(0.5, 11_000)).toBeCloseTo(10);
  });
  test('update_FirstSteps_SaysNothingYet', () => {
    const left = new TimeLeft();
    left.update(0, 0);
    expect(left.update(0.04, 500)).toBeUndefined();
  });
  test('update_AttemptBeginsAnew_ForgetsTheOld', () => {
    const left = new TimeLeft();
    left.update(0, 0);
    left.update(0.8, 80_000);
    expect(left.update(0.1, 90_000)).toBeUndefined();
    expect(left.update(0.2, 100_000)).toBeCloseTo(80);
  });
});
