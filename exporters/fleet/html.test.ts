import { describe, expect, it } from 'vitest';
import { html, webUrl } from './html.ts';

describe('html', () => {
  it('escapes everything that could end a text or an attribute', () => {
    expect(html`<a title="${`"><script>'&`}">${'<b>'}</a>`.text).toBe(
      '<a title="&quot;&gt;&lt;script&gt;&#39;&amp;">&lt;b&gt;</a>',
    );
  });

  it('takes markup as it is, joins lists, leaves out what is absent', () => {
    expect(html`${html`<i>x</i>`}${['<', 1, html`<br>`]}${undefined}${false}${0}`.text).toBe(
      '<i>x</i>&lt;1<br>0',
    );
  });

  it('shows control characters as replaced and keeps line ends', () => {
    expect(html`${'a\u0000\u001bb\nc\u0085'}`.text).toBe('a\uFFFD\uFFFDb\nc\uFFFD');
  });
});

it.each([
  ['http://127.0.0.1:9435/d/x', true],
  ['HTTPS://example/', true],
  ['javascript:alert(1)', false],
  [' javascript:alert(1)', false],
  ['data:text/html,x', false],
  ['//evil.example', false],
  ['http://', false],
  [undefined, false],
])('link to %j: %s', (url, allowed) => {
  expect(webUrl(url)).toBe(allowed ? url : undefined);
});
