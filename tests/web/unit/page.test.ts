import { describe, expect, test } from 'vitest';
import { matches } from '../../../web/src/history/search';
import { hashOf, parseHash, type Route } from '../../../web/src/page/router';
import { readReport } from '../../../web/src/study/reportPage';
import { byGain, pOf, readStudy } from '../../../web/src/study/study';

const one = '01a2193c-2b59-7391-a7a6-de0698748852';
const other = '01a2193c-2b59-7391-a7a6-de0698748853';

describe('routes', () => {
  test.each<Route>([{ view: 'write' }, { view: 'song', id: one }, { view: 'compare', raw: one, refined: other }, { view: 'history' }, { view: 'study' }])(
    'parseHash_OfItsOwnHash_IsTheSame %o', (route) => expect(parseHash(hashOf(route))).toEqual(route));
  test.each(['', '#', '#/', '#/nothing', '#/song/', '#/song/abc', `#/song/${one}/more`])('parseHash_%s_IsTheFirstPage', (hash) => expect(parseHash(hash)).toEqual({ view: 'write' }));
});

describe('matches', () => {
  const song = { prompt: 'Un café con azúcar', improved_prompt: 'Slow piano', engine: 'composer' };
  test.each([['cafe AZUCAR', true], ['piano', true], ['composer', true], ['café té', false], ['café piano', true]])('matches_%s_%s', (search, found) => expect(matches(song, search)).toBe(found));
});

describe('readStudy', () => {
  const group = { name: 'all', pairs: 2, wins: 1, raw: { mean: 0.1 }, refined: { mean: 0.2 }, gain_percent: 100, test: { p: 0.04, cohens_dz: 1, interval: null }, holm_p: null };
  const study = {
    design: null, scorer: { name: 'a', model: 'b', score_label: 'c', meaning: 'd' }, table: { groups: [{ ...group, name: 'sweet', holm_p: 0.08 }], overall: group }, frechet: [], left_out: [],
    prompts: [
      { id: '1', taste: 'sweet', prompt: 'less', language: 'en', scores: { raw: 0.3, refined: 0.2 } },
      { id: '2', taste: 'sweet', prompt: 'none', language: 'en', scores: null },
      { id: '3', taste: 'sweet', prompt: 'more', language: 'en', scores: { raw: 0.1, refined: 0.4 } },
    ],
  };
  test('readStudy_ResultsFile_IsRead', () => expect(byGain(readStudy(JSON.stringify(study))!).map(({ prompt }) => prompt)).toEqual(['more', 'less']));
  test.each(['{', '[]', '{}', 'null', '{"table":{"groups":[]}}'])('readStudy_%s_IsNone', (text) => expect(readStudy(text)).toBeUndefined());
  test('pOf_CorrectedWhereThereIsOne', () => expect([pOf(readStudy(JSON.stringify(study))!.table.groups[0]!), pOf(group)]).toEqual([0.08, 0.04]));
});

describe('readReport', () => {
  const page = (body: string) => `<html><head><style>.a{color:red}</style></head><body><h1>Report</h1><div class="table"></div>${body}</body></html>`;
  test('readReport_Script_DoesNotComeAlong', () => {
    const report = readReport(page('<script>alert(1)</script><p onclick="alert(1)" style="color:red">x</p><a href="javascript:alert(1)">y</a><img src="https://elsewhere.example/x.png"><iframe></iframe>'))!;
    expect(report.body.innerHTML).not.toMatch(/script|onclick|style=|javascript|elsewhere|iframe/);
    expect(report.styles).toEqual(['.a{color:red}']);
  });
  test('readReport_Recording_Stays', () => expect(readReport(page('<audio src="data:audio/wav;base64,AAAA"></audio>'))!.body.querySelector('audio')!.getAttribute('src')).toBe('data:audio/wav;base64,AAAA'));
  test('readReport_SomeOtherPage_IsNone', () => expect(readReport('<p>Hello</p>')).toBeUndefined());
});
