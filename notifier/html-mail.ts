import { type Markup, PLAIN } from './layout.ts';
import type { Item, Message } from './message.ts';

/** Colours only repeat what the words say; both are readable on light and dark backgrounds. */
const COLOURS = { critical: '#c62828', warning: '#b26a00', info: '#1565c0', resolved: '#2e7d32' } as const;

/** The HTML part of a mail: tables and inline styles, no images, nothing remote. */
export function htmlMail(message: Message): string {
  const colour = message.resolved ? COLOURS.resolved : COLOURS[message.severity];
  return [
    '<!DOCTYPE html>',
    `<html lang="${message.language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">`,
    '<meta name="color-scheme" content="light dark"></head>',
    '<body style="font-family:sans-serif;font-size:14px;line-height:1.5;margin:0;padding:16px">',
    `<h1 style="font-size:18px;margin:0 0 12px;padding-left:10px;border-left:6px solid ${colour}">`,
    `${escapeHtml(message.title)}</h1>`,
    paragraphs(message.lead),
    ...message.items.map((item) => htmlItem(item, message.items.length > 1)),
    paragraphs(message.notes),
    links(message.links),
    '</body></html>',
  ].join('\n');
}

function htmlItem(item: Item, withHeading: boolean): string {
  const over = item.change === 'close' || item.change === 'open_close';
  const colour = over ? COLOURS.resolved : COLOURS[item.incident.severity];
  const heading = withHeading
    ? `<h2 style="font-size:15px;margin:0;padding-left:8px;border-left:4px solid ${colour}">${escapeHtml(item.heading)}</h2>`
    : '';
  const rows = item.facts.map(
    ({ name, value }) =>
      '<tr><th style="text-align:left;vertical-align:top;padding:1px 12px 1px 0;font-weight:normal;opacity:0.7">' +
      `${escapeHtml(name)}</th><td style="padding:1px 0">${escapeHtml(value)}</td></tr>`,
  );
  return [
    '<div style="margin:16px 0">',
    heading,
    paragraphs(item.description),
    `<table style="border-collapse:collapse;font-size:14px">${rows.join('')}</table>`,
    links(item.links),
    '</div>',
  ].join('\n');
}

function paragraphs(lines: readonly string[]): string {
  return lines.map((line) => `<p style="margin:4px 0">${escapeHtml(line)}</p>`).join('\n');
}

function links(all: Message['links']): string {
  if (all.length === 0) return '';
  const anchors = all.map(({ text, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`);
  return `<p style="margin:6px 0">${anchors.join(' &nbsp; ')}</p>`;
}

/** Safe in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The text part: facts with a colon, since there is no bold. */
export const TEXT_MAIL: Markup = { ...PLAIN, strong: (text) => `${text}:` };
