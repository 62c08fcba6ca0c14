import { analyse, type Analysis } from './analysis';
import { readWav } from './wav';

/** Away from the page's own thread: half a second of arithmetic must not be heard or felt. */
self.onmessage = (message: MessageEvent<ArrayBuffer>) => {
  let analysis: Analysis | undefined;
  try {
    analysis = analyse(readWav(message.data));
  } catch (error) {
    // A recording that we cannot draw can still be played.
    if (!(error instanceof RangeError)) throw error;
  }
  self.postMessage(analysis);
};
