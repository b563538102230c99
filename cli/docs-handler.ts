import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { RequestHandler } from 'express';
import { Marked } from 'marked';
import { PgfleetError } from '../lib/errors.ts';
import { projectFile } from '../lib/project-file.ts';

/** Enough to read comfortably, in light and dark. */
const STYLE = `body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.6 system-ui,sans-serif;color:#16202c;background:#fff}
code,pre{font-family:ui-monospace,monospace;font-size:.9em;background:#eef1f4;border-radius:4px}code{padding:.1em .3em}
pre{padding:1rem;overflow-x:auto}pre code{padding:0}table{border-collapse:collapse;display:block;overflow-x:auto}
td,th{border:1px solid #cfd6dd;padding:.3rem .6rem;text-align:left;vertical-align:top}a{color:#0b5394}
@media(prefers-color-scheme:dark){body{color:#dfe5ec;background:#12181f}code,pre{background:#1e2731}a{color:#7fb8ee}td,th{border-color:#3a4653}}`;

const markdown = new Marked();

/** `GET /docs/...`: the documentation that came with this version, so that runbooks open without the internet. */
export function docsHandler(): RequestHandler {
  return async (request, response) => {
    if (request.path === '/' && !request.originalUrl.split('?')[0]?.endsWith('/')) {
      response.redirect(301, `${request.baseUrl}/`);
      return;
    }
    const path = request.path.endsWith('/') ? `${request.path}README.md` : request.path;
    const text = await page(path);
    response
      .set(
        'Content-Security-Policy',
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
      )
      .type('html')
      .send(document(path, await markdown.parse(text)));
  };
}

/** The text of a page below docs/. Throws PgfleetError `not_found` for anything that is not one. */
async function page(path: string): Promise<string> {
  const root = projectFile('docs');
  const file = normalize(join(root, path));
  if (!file.startsWith(root + sep) || extname(file) !== '.md') throw missing(path);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw missing(path, error);
  }
}

function missing(path: string, cause?: unknown): PgfleetError {
  return new PgfleetError('not_found', `no page docs${path}; start at /docs/`, { cause });
}

function document(path: string, body: string): string {
  const language = path.includes('/zh/') ? 'zh' : 'en';
  const title = /<h1[^>]*>(.*?)<\/h1>/s.exec(body)?.[1] ?? 'pgfleet';
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head><body>
${body}
</body></html>
`;
}
