import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../../..');
const programs = join(root, 'cli/bin/Release/net10.0');
const patience = 60_000;

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('No port.'))));
    });
  });
}

/** A front door and a worker with a storage folder of their own: the programs that ./audioreprompt up starts. */
export class Servers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'audioreprompt-web-'));
  private frontDoor: ChildProcess | undefined;
  private worker: ChildProcess | undefined;

  private constructor(readonly port: number, private readonly workerPort: number, private readonly settings: Record<string, string>) {}

  static async start(settings: Record<string, string> = {}, withWorker = true): Promise<Servers> {
    const servers = new Servers(await freePort(), await freePort(), settings);
    await Promise.all([servers.startFrontDoor(), withWorker ? servers.startWorker() : undefined]);
    return servers;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async startFrontDoor(): Promise<void> {
    this.frontDoor = this.run('AudioReprompt.FrontDoor.dll');
    await this.answers(`${this.address}/api/health`, this.frontDoor);
  }

  async startWorker(): Promise<void> {
    this.worker = this.run('AudioReprompt.Worker.dll', '--rp_serve_api');
    await this.answers(`http://127.0.0.1:${this.workerPort}/v2/local/health`, this.worker);
  }

  async stopFrontDoor(): Promise<void> {
    await end(this.frontDoor);
    this.frontDoor = undefined;
  }

  async stopWorker(): Promise<void> {
    await end(this.worker);
    this.worker = undefined;
  }

  async stop(): Promise<void> {
    await Promise.all([this.stopFrontDoor(), this.stopWorker()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(program: string, ...more: string[]): ChildProcess {
    return spawn('dotnet', [join(programs, program), ...more], {
      env: {
        ...process.env,
        AUDIOREPROMPT_CONFIG: join(root, 'config.yaml'),
        AUDIOREPROMPT__STORAGE__PATH: this.folder,
        AUDIOREPROMPT__API__PORT: String(this.port),
        AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE: '0',
        AUDIOREPROMPT__WORKER__PORT: String(this.workerPort),
        AUDIOREPROMPT__WORKER__ENGINE: 'composer',
        AUDIOREPROMPT__REPROMPT__CURATOR: 'offline',
        AUDIOREPROMPT__RUNPOD__BREAK_SECONDS: '0.5',
        AUDIOREPROMPT__LOGGING__LEVEL: 'warning',
        ...this.settings,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** Any answer will do: it listens. */
  private async answers(address: string, child: ChildProcess): Promise<void> {
    for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
      if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}.`);
      try {
        await fetch(address);
        return;
      } catch {
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    throw new Error(`${address} does not answer.`);
  }
}

function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}
