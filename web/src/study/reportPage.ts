/** A report.html, taken apart so that it can be shown inside the page without a script and without its address. */
export interface ReportPage {
  body: HTMLElement;
  styles: string[];
}

const unwanted = 'script, iframe, object, embed, link, meta, base, form, style, template';

/** @returns undefined where the text is no report of a study. */
export function readReport(text: string): ReportPage | undefined {
  // The page's policy is the parsed document's too: a style element would be refused, and noisily.
  const styles: string[] = [];
  const bare = text.replace(/<style[^>]*>([\s\S]*?)<\/style>/gi, (_, style: string) => {
    styles.push(style);
    return '';
  });
  const document = new DOMParser().parseFromString(bare, 'text/html');
  if (!document.querySelector('h1') || !document.querySelector('.study-figure, .table')) return undefined;
  for (const element of document.body.querySelectorAll(unwanted)) element.remove();
  for (const element of document.body.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      // Nothing runs, and nothing is fetched from elsewhere; recordings stand in the file itself.
      const isAddress = name === 'href' || name === 'src' || name.endsWith(':href');
      if (name.startsWith('on') || name === 'style' || (isAddress && !/^(data:audio\/|#)/.test(value))) element.removeAttribute(name);
    }
  }
  // What scrolls on a small screen can be scrolled with keys too.
  for (const element of document.body.querySelectorAll('.table, figure')) element.setAttribute('tabindex', '0');
  return { body: document.body, styles };
}

/** A recording that stands in the text, as a file: the page's policy plays no data: addresses. */
export async function audioFile(dataAddress: string): Promise<Blob> {
  const [head, data] = dataAddress.split(',', 2);
  const bytes = Uint8Array.from(atob(data ?? ''), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: /^data:([^;]+)/.exec(head ?? '')?.[1] ?? 'audio/wav' });
}
