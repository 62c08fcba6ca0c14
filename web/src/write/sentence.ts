/** As at the server (GenerateLimits): code points, after blanks at both ends are cut. */
export const fewest = 16;
export const most = 800;

/** A sentence is one line: what is pasted in several becomes one, and control characters are no text. */
export const oneLine = (text: string): string => text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '');

export const lengthOf = (text: string): number => [...text.trim()].length;

export const isAllowed = (text: string): boolean => {
  const length = lengthOf(text);
  return length >= fewest && length <= most;
};
