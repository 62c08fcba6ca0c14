import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test does to a request in place of the server; false lets it pass. */
export type Fault = (request: IncomingMessage, response: ServerResponse, path: string) => boolean | Promise<boolean>;

/** Stands before the front door as a reverse proxy would, below a path prefix, and breaks what a test wants broken. */
export class Proxy {
  fault: Fault = () => false;
  readonly prefix = '/music/of/taste/';
  private readonly open = new Set<IncomingMessage>();

  private constructor(private readonly server: Server, private readonly target: () => number) {}

  static async start(target: () => number): Promise<Proxy> {
    const server = createServer((incoming, outgoing) => void proxy.handle(incoming, outgoing));
    const proxy = new Proxy(server, target);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.prefix}`;
  }

  /** Breaks the connections under way. */
  cut(): void {
    for (const one of this.open) one.socket.destroy();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (!incoming.url?.startsWith(this.prefix)) {
      outgoing.writeHead(404).end('Outside of the prefix.');
      return;
    }
    const path = incoming.url.slice(this.prefix.length - 1);
    if (await this.fault(incoming, outgoing, path)) return;
    const passed = request(
      { host: '127.0.0.1', port: this.target(), method: incoming.method, path, headers: incoming.headers, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    this.open.add(incoming);
    outgoing.once('close', () => {
      this.open.delete(incoming);
      passed.destroy();
    });
    passed.once('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    incoming.pipe(passed);
  }
}
