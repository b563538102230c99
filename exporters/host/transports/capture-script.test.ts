import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CAPTURE_SCRIPT_PATH, captureScript, compact } from './capture-script.ts';

it('drops comments, blank lines and indentation', () => {
  expect(compact('#!/bin/sh\n# why\n\n  if true; then\n    echo "#1"\n  fi\n')).toBe(
    'if true; then\necho "#1"\nfi\n',
  );
});

it('sends a script that is a quarter smaller', async () => {
  const source = await readFile(CAPTURE_SCRIPT_PATH, 'utf8');
  const script = await captureScript();

  expect(script).not.toMatch(/^\s|^#/m);
  expect(script.length).toBeLessThan(source.length * 0.75);
});
