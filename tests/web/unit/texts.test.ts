import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../../../web/src/texts/en';
import { es } from '../../../web/src/texts/es';
import { examples } from '../../../web/src/texts/examples';
import { fill } from '../../../web/src/texts';
import { knowledge } from '../../../web/src/texts/knowledge';
import { isAllowed } from '../../../web/src/write/sentence';

const root = join(import.meta.dirname, '../../..');
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

/** A table of the knowledge base: rows by column name. */
function table(name: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(join(root, 'data', name), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [head![index]!, cell])));
}

function sources(folder = join(root, 'web/src')): { file: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = join(folder, entry.name);
    return entry.isDirectory() ? sources(file) : [{ file, text: readFileSync(file, 'utf8') }];
  });
}

describe('the catalogue', () => {
  test('keys_BothLanguages_AreTheSame', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  test.each(Object.keys(en) as (keyof typeof en)[])('text_%s_HasWordsAndTheSamePlaceholdersInBoth', (key) => {
    expect(en[key].trim()).not.toBe('');
    expect(es[key].trim()).not.toBe('');
    expect(placeholders(es[key])).toEqual(placeholders(en[key]));
  });

  test('keys_EveryOne_IsUsedSomewhere', () => {
    const code = sources().filter(({ file }) => !file.includes('/texts/')).map(({ text }) => text).join('\n');
    // song.queued and the like are put together from a job's state.
    const unused = Object.keys(en).filter((key) => !code.includes(`'${key}'`) && !/^song\.(queued|dispatched|running|scoring|completed|failed|cancelled)$/.test(key));
    expect(unused).toEqual([]);
  });

  test('templates_NoComponent_HoldsWordsOfItsOwn', () => {
    const found = sources().filter(({ file }) => file.endsWith('.vue')).flatMap(({ file, text }) => {
      const template = /<template>([\s\S]*)<\/template>/.exec(text)![1]!.replace(/<!--[\s\S]*?-->/g, '').replace(/\{\{[\s\S]*?\}\}/g, '');
      const between = [...template.replace(/="[^"]*"/g, '').matchAll(/>([^<]*)</g)].map((match) => match[1]!.replace(/&#?\w+;/g, '').trim());
      // A command and a key's letter are the same in every language.
      return between.filter((words) => /\p{L}{2,}/u.test(words) && !words.startsWith('./audioreprompt')).map((words) => `${file}: ${words}`);
    });
    expect(found).toEqual([]);
  });

  test('fill_UnknownName_StaysAsItStands', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });

  test.each(['dimensions', 'impressions', 'parameters'] as const)('knowledge_%s_IsCalledAsInTheKnowledgeBase', (part) => {
    const rows = table(`${part}.psv`);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const key = row.key ?? row.english!;
      expect([key, (knowledge.en[part] as Record<string, string>)[key]]).toEqual([key, row.english]);
      expect([key, (knowledge.es[part] as Record<string, string>)[key]]).toEqual([key, row.spanish]);
    }
  });

  test('examples_BothLanguages_AreAllowedSentencesOfSeveralKitchens', () => {
    for (const list of [examples.en, examples.es]) {
      expect(list.every(({ sentence }) => isAllowed(sentence))).toBe(true);
      expect(new Set(list.map(({ kitchen }) => kitchen)).size).toBe(list.length);
    }
  });
});
