export interface ServerEvent {
  name: string;
  id: string;
  data: string;
}

/** Takes a server-sent event stream apart as it comes in (HTML standard, section 9.2.6), as far as our server writes it. */
export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id = '';

  /** @returns The events that are complete with this piece. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') this.field(line);
      else if (this.data.length > 0) {
        events.push({ name: this.name || 'message', id: this.id, data: this.data.join('\n') });
        [this.name, this.data] = ['', []];
      } else this.name = '';
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // A comment keeps the connection open.
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.name = value;
    else if (name === 'data') this.data.push(value);
    else if (name === 'id') this.id = value;
  }
}
