import { createHash } from 'node:crypto';

/** The whole style of the page, inline: it has no external asset. Colours are pairs of at least 4.5:1 on their ground. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#17202b;--soft:#55616f;--line:#dde3ea;--hover:#f0f4f8;--link:#14548f;
--good:#12703f;--warn:#855300;--bad:#b3232f;--wait:#1f5f9e;--off:#5b6673;--good-fill:#1c9656;--warn-fill:#bf7a00;--bad-fill:#d2323f;--wait-fill:#3577bd;--off-fill:#7b8794;
--good-bg:#e4f4ea;--warn-bg:#fdf1d9;--bad-bg:#fde7e7;--wait-bg:#e5f0fb;--off-bg:#eceff3}
@media(prefers-color-scheme:dark){:root{--bg:#0f141a;--card:#171d25;--ink:#e8edf3;--soft:#a3afbd;--line:#2a333e;--hover:#1d2530;--link:#8cc2ff;
--good:#5fd398;--warn:#eebc57;--bad:#ff8f96;--wait:#8cc2ff;--off:#a3afbd;--good-fill:#3fbf7f;--warn-fill:#e0a83a;--bad-fill:#f2636c;--wait-fill:#5fa4ea;--off-fill:#7f8c9a;
--good-bg:#10301f;--warn-bg:#352708;--bad-bg:#3d171b;--wait-bg:#122a44;--off-bg:#222a34}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.2em}
a:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
h1,h2,p,ul,dl,dd{margin:0;padding:0}ul{list-style:none}
svg{flex:none}
svg.good{color:var(--good-fill)}svg.warn{color:var(--warn-fill)}svg.bad{color:var(--bad-fill)}svg.wait{color:var(--wait-fill)}svg.off{color:var(--off-fill)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
.wrap{max-width:1280px;margin:0 auto;padding:0 24px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px 16px;z-index:1}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:8px 32px;padding:16px 0;font-size:.9375rem}
.brand{display:flex;align-items:center;gap:10px;font-weight:700;font-size:1.125rem;letter-spacing:-.01em;color:var(--ink);text-decoration:none;margin-right:auto}
.top ul{display:flex;flex-wrap:wrap;gap:4px 20px}.top nav a{display:inline-block;padding:4px 0;text-decoration:none}.top nav a:hover{text-decoration:underline}.top [aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
.hero{border-radius:16px;padding:28px 32px;display:flex;align-items:center;gap:20px}
.hero h1{font-size:clamp(1.5rem,1.1rem + 1.8vw,2.25rem);line-height:1.2;letter-spacing:-.02em;font-weight:700;text-wrap:balance}
.hero p{margin-top:6px;color:var(--ink)}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.wait{color:var(--wait)}.off{color:var(--off)}
.hero.good,.note.good{background:var(--good-bg)}.hero.warn,.note.warn{background:var(--warn-bg)}.hero.bad,.note.bad{background:var(--bad-bg)}.hero.wait,.note.wait{background:var(--wait-bg)}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:16px;margin-top:16px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px}
.tile{padding:20px 24px}
.tile h2{font-size:.9375rem;font-weight:600;color:var(--soft)}
.figure{font-size:2.25rem;line-height:1.2;font-weight:700;letter-spacing:-.03em;font-variant-numeric:tabular-nums}
.figure small{font-size:1.125rem;font-weight:500;color:var(--soft);letter-spacing:0}
.bar{display:block;width:100%;height:8px;border-radius:4px;margin:10px 0 12px;background:var(--off-bg)}
.bar .good{fill:var(--good-fill)}.bar .warn{fill:var(--warn-fill)}.bar .bad{fill:var(--bad-fill)}.bar .wait{fill:var(--wait-fill)}.bar .off{fill:var(--off-fill)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.9375rem}
.legend a,.legend span{display:inline-flex;align-items:center;gap:6px;text-decoration:none;font-variant-numeric:tabular-nums}.legend a:hover{text-decoration:underline}
.tile.wide{grid-column:span 2}.tile h2+.legend,.tile h2+p{margin-top:8px}.tile.all{grid-column:1/-1}
.verdicts{margin-top:6px;font-weight:400;font-size:.875rem;max-width:44em}.verdicts li+li{margin-top:2px}.verdicts .mono,.verdicts .open{color:var(--soft)}.grade{display:inline-flex;align-items:center;gap:8px;margin-top:4px}td .grade{display:flex}
.figure+p{color:var(--soft);margin-top:8px}.figure+.legend{margin-top:8px}
.note{border-radius:12px;padding:14px 20px;margin-top:16px}.note pre{margin:8px 0 0;white-space:pre-wrap;font-size:.875rem;color:var(--ink)}
.note p{color:var(--ink)}
section.block{margin-top:32px}
.head{display:flex;align-items:baseline;gap:10px;margin-bottom:12px}.head h2{font-size:1.25rem;letter-spacing:-.01em}.head span{color:var(--soft);font-variant-numeric:tabular-nums}
.empty{padding:20px 24px;color:var(--soft)}
.alerts li{display:grid;grid-template-columns:8.5em 1fr auto;gap:4px 16px;padding:14px 24px;border-top:1px solid var(--line)}.alerts li:first-child{border-top:0}
.alerts .when{color:var(--soft);font-size:.9375rem;text-align:right}.alerts .more{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--soft);font-size:.9375rem}
.state{display:inline-flex;align-items:center;gap:8px;font-weight:600;white-space:nowrap}
form{display:flex;flex-wrap:wrap;align-items:end;gap:12px;margin-top:32px}
form label{display:grid;gap:4px;font-size:.875rem;color:var(--soft)}form .grow{flex:1 1 16em;max-width:30em}
input,select,button{font:inherit;color:var(--ink);background:var(--card);border:1px solid #7d8896;border-radius:8px;padding:8px 12px;min-height:44px;width:100%}
button{width:auto;font-weight:600;cursor:pointer}button:hover{background:var(--hover)}
form>a{padding:10px 4px}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
th{text-align:left;font-weight:600}
thead th{font-size:.8125rem;color:var(--soft);padding:12px 12px 8px;white-space:nowrap}
tbody td,tbody th{padding:12px;border-top:1px solid var(--line);vertical-align:top}
tr>:first-child{padding-left:24px}tr>:last-child{padding-right:24px}
tbody tr:hover{background:var(--hover)}
.sub{display:block;font-weight:400;color:var(--soft);font-size:.875rem}
.err{display:block;font-weight:400;font-size:.875rem;color:var(--bad);margin-top:4px;max-width:38em}.err.warn{color:var(--warn)}
.num{font-variant-numeric:tabular-nums;white-space:nowrap}.keep{white-space:nowrap}.lead,.tags li{overflow-wrap:anywhere}.rows .lead{min-width:15em}
.tags{display:flex;flex-wrap:wrap;gap:4px}
.tags li{background:var(--off-bg);border-radius:6px;padding:1px 8px;font-size:.8125rem}.tags span{color:var(--soft)}
footer{margin:40px 0 32px;padding-top:20px;border-top:1px solid var(--line);color:var(--soft);font-size:.9375rem;display:flex;flex-wrap:wrap;justify-content:space-between;gap:8px 32px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:900px){.tiles{grid-template-columns:1fr}.tile.wide,.tile.all{grid-column:auto}
.rows,.rows tbody,.rows tr,.rows td,.rows th{display:block}.rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.rows{position:relative}
.rows tr{padding:16px;border-top:1px solid var(--line)}.rows tbody tr:first-child{border-top:0}
.rows tbody td,.rows tbody th{border:0;padding:2px 0;display:grid;grid-template-columns:7.5em 1fr;gap:8px}
.rows td::before{content:attr(data-label);color:var(--soft);font-size:.875rem}
.rows tbody .blank{display:none}
.rows .lead{display:block;padding:4px 0 8px;min-width:0}.num,.keep{white-space:normal}.rows .lead::before{content:none}
.alerts li{grid-template-columns:1fr auto}.alerts .what{grid-column:1/-1;grid-row:2}}
@media(max-width:600px){.top .around{order:3;width:100%}.wrap{padding:0 16px}.hero{padding:20px;border-radius:12px;align-items:start}.alerts li{padding:14px 16px}.tile{padding:16px}.top{gap:16px}}
@media(prefers-reduced-motion:no-preference){a,button{transition:color .1s,background .1s}}
@media print{form,.top ul{display:none}body{background:#fff}}
`;

/** Nothing but our own inline style may apply, no script may run, nothing may be fetched. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
