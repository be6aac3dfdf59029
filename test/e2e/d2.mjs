// Reads {name: text} from standard input; has D2 compile and draw each, and prints what came of it.
import { readFileSync } from 'node:fs';
// The package names its CommonJS build first, which Node does not take for what it is.
const { D2 } = await import('./node_modules/@terrastruct/d2/dist/node-esm/index.js');

const d2 = new D2();
const out = {};
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  try {
    const r = await d2.compile(text);
    const svg = await d2.render(r.diagram, r.renderOptions);
    out[name] = {
      shapes: r.diagram.shapes.map((s) => ({ id: s.id, type: s.type, label: s.label, tooltip: s.tooltip, classes: s.classes ?? [], multiple: s.multiple })),
      connections: r.diagram.connections.map((c) => ({ source: c.src, target: c.dst, label: c.label, tooltip: c.tooltip, dash: c.strokeDash })),
      svg,
    };
  } catch (e) {
    out[name] = { error: String(e.message ?? e) };
  }
}
process.stdout.write(JSON.stringify(out), () => process.exit(0));
