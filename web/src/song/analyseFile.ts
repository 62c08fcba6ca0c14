import type { Analysis } from './analysis';

/** @returns undefined where the file is none that can be drawn. */
export async function analyseFile(file: Blob): Promise<Analysis | undefined> {
  const buffer = await file.arrayBuffer();
  const worker = new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve) => {
      worker.onmessage = (message: MessageEvent<Analysis | undefined>) => resolve(message.data);
      worker.onerror = () => resolve(undefined);
      worker.postMessage(buffer, [buffer]);
    });
  } finally {
    worker.terminate();
  }
}
