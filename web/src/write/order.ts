import { reactive } from 'vue';
import { generate, Refused, Unreachable, type Accepted, type GenerateBody } from '../api/client';
import { pause } from '../api/follow';

/** What this tab asked for, by id: a song is made anew with the same settings, and plays by itself when it is ready. */
export const ordered = new Map<string, GenerateBody>();

/** More would be patience on the listener's account. */
const mostTries = 4;

/** One request for music on its way: pressed, perhaps told to wait, accepted or refused. */
export class Order {
  /** Seconds until the next try; undefined while none is waited for. */
  waiting: number | undefined = undefined;
  busy = false;
  problem: Refused | Unreachable | undefined = undefined;
  private stop = new AbortController();

  /** @returns undefined where it was refused (see problem) or called off. */
  async send(body: GenerateBody): Promise<Accepted | undefined> {
    if (this.busy) return undefined;
    this.stop = new AbortController();
    const { signal } = this.stop;
    [this.busy, this.problem] = [true, undefined];
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    try {
      for (let tries = 1; !signal.aborted; tries++) {
        try {
          const accepted = await generate(body, key, signal);
          ordered.set(accepted.audio_id, body);
          return accepted;
        } catch (error) {
          if (signal.aborted) return undefined;
          if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
          this.problem = error;
          // Too many requests, or a part of the server is down: it says itself when to come again. Nobody waits for tomorrow, though.
          if (!(error instanceof Refused) || error.retryAfter === undefined || error.isUsedUp || tries === mostTries) return undefined;
          await this.countDown(error.retryAfter, signal);
        }
      }
      return undefined;
    } finally {
      [this.busy, this.waiting] = [false, undefined];
    }
  }

  cancel(): void {
    this.stop.abort();
    this.problem = undefined;
  }

  private async countDown(seconds: number, signal: AbortSignal): Promise<void> {
    for (this.waiting = seconds; this.waiting > 0 && !signal.aborted; this.waiting--) await pause(1000, signal);
    this.waiting = undefined;
  }
}

export const newOrder = (): Order => reactive(new Order()) as Order;
