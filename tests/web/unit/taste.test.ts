import { describe, expect, test } from 'vitest';
import { labelAt, petalLength, radius } from '../../../web/src/taste/petal';
import { marksOf, strongest } from '../../../web/src/taste/tastes';

const word = (text: string, start: number, dimensions: Record<string, number>) => ({ word: text, start, dimensions });

describe('marksOf', () => {
  test('marksOf_TwoWords_CutsTheSentenceInOrder', () => {
    const marks = marksOf('A spicy taco at night', [word('taco', 8, { umami: 0.6, spicy: 0.5 }), word('spicy', 2, { spicy: 0.9 })]);
    expect(marks.map(({ text, taste }) => [text, taste])).toEqual([['A ', undefined], ['spicy', 'spicy'], [' ', undefined], ['taco', 'umami'], [' at night', undefined]]);
  });

  test('marksOf_BlanksBefore_CountsFromTheFirstLetterAsTheServerDoes', () => {
    expect(marksOf('  sour milk', [word('sour', 0, { sour: 0.8 })]).map(({ text }) => text)).toEqual(['  ', 'sour', ' milk']);
  });

  test('marksOf_WordThatStandsElsewhereByNow_IsLeftOut', () => {
    expect(marksOf('A very sour milk', [word('sour', 2, { sour: 0.8 })])).toEqual([{ text: 'A very sour milk' }]);
  });

  test('marksOf_NegatedWord_SaysSo', () => {
    expect(marksOf('no sugar here', [word('sugar', 3, { sweet: -0.8 })])[1]).toMatchObject({ taste: 'sweet', negated: true });
  });

  test('marksOf_MoodAlone_HasNoTaste', () => {
    expect(marksOf('noisy', [word('noisy', 0, { arousal: 0.6 })])[0]).toMatchObject({ taste: undefined, negated: false });
  });

  test('marksOf_Emoji_KeepsTheServersCodeUnits', () => {
    const sentence = '🍋 sour';
    expect(marksOf(sentence, [word('sour', 3, { sour: 1 })]).map(({ text }) => text).join('')).toBe(sentence);
  });
});

describe('strongest', () => {
  test('strongest_Tie_IsTheAlphabeticallyFirst', () => expect(strongest({ sweet: 0.5, bitter: 0.5 })).toBe('bitter'));
  test('strongest_NothingAboveZero_IsNone', () => expect(strongest({ sweet: 0, sour: -0.3 })).toBeUndefined());
});

describe('the flower', () => {
  test('petalLength_OutsideTheRange_IsCut', () => {
    expect(petalLength(1.7)).toBe(radius);
    expect(petalLength(-1)).toBe(petalLength(0));
    expect(petalLength(0)).toBeGreaterThan(0);
  });
  test('labelAt_First_StandsAbove', () => expect(labelAt(0, 6, 100)).toEqual({ x: 0, y: -100 }));
  test('labelAt_OppositeOfFirst_StandsBelow', () => expect(labelAt(3, 6, 100)).toEqual({ x: 0, y: 100 }));
});
