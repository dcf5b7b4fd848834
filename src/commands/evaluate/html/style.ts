/** One style sheet, light and dark; nothing is loaded. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #59636e; --paper: #ffffff; --card: #f6f8fa; --rule: #d1d9e0;
  --c0: #0969da; --c1: #cf5c0a; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #7a5c00; --c6: #0b7a75; --c7: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --paper: #0d1117; --card: #151b23; --rule: #3d444d;
  --c0: #4493f8; --c1: #f0883e; --c2: #3fb950; --c3: #ab7df8; --c4: #f778ba; --c5: #d4a72c; --c6: #39c5bb; --c7: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1180px; background: var(--paper); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 8px; }
p { margin: 4px 0 12px; color: var(--soft); max-width: 80ch; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; }
figure { margin: 0; padding: 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
figcaption { font-weight: 600; margin-bottom: 8px; } svg { display: block; width: 100%; height: auto; }
.label { fill: var(--soft); font-size: 12px; } .grid { stroke: var(--rule); stroke-width: 0.6; }
.mark { stroke: var(--text); stroke-width: 1.2; stroke-dasharray: 4 3; }
.line { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 5 4; } .bar { stroke: none; fill-opacity: 0.6; }
.legend { margin-top: 8px; font-size: 13px; } .key { margin-right: 14px; white-space: nowrap; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 5px; vertical-align: -1px; }
.scroll { overflow-x: auto; margin-bottom: 16px; } table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; white-space: nowrap; }
td:nth-child(2) { white-space: normal; min-width: 15em; } td:first-child { min-width: 3em; } th { color: var(--soft); font-weight: 600; }
.neutral.line { stroke: var(--soft); } i.neutral { background: var(--soft); }
${Array.from({ length: 8 }, (_, index) => `.s${index}.line { stroke: var(--c${index}); } .s${index}.bar, .s${index}.dot { fill: var(--c${index}); } i.s${index} { background: var(--c${index}); }`).join('\n')}
`;
