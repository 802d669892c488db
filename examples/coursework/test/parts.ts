import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { type Course, courses, type Letter } from '../src/courses.ts';
import { Desk } from '../src/shared/desk.ts';

/** A test for each fast part of a course: every figure is as published, and pictures are written. */
export function testFastParts(letter: Letter): void {
  const out = mkdtempSync(join(tmpdir(), 'tensortape-coursework-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const course: Course = courses[letter];
  test.each(Object.entries(course.fast))('%s', async (_, part) => {
    jest.spyOn(console, 'log').mockReturnValue();
    const desk = new Desk({ data: undefined, out, signal: new AbortController().signal });
    await part(desk);
    expect(desk.figures.off).toEqual([]);
    expect(desk.figures.rows.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(0);
  });
}
