// Lays out the graphs that come in, one JSON value a line, and writes the drawings, one JSON value a line. Two answers to
// the same graph are alike. Coordinates are of the page.
import readline from "node:readline";
import ELK from "elkjs/lib/elk.bundled.js";

const elk = new ELK();

/** @param {{W: number, H: number}} title */
function padding(title) {
  return `[top=${title.H > 0 ? title.H + 10 + 24 : 28},left=28,bottom=28,right=28]`;
}

/** @param {any} graph */
function toElk(graph) {
  const root = {
    id: "",
    children: [],
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.direction": "DOWN",
      "elk.aspectRatio": "1.6",
      "elk.spacing.nodeNode": "48",
      "elk.layered.spacing.nodeNodeBetweenLayers": "60",
      "elk.json.shapeCoords": "ROOT",
      "elk.json.edgeCoords": "ROOT",
    },
  };
  const nodes = new Map([["", root]]);
  for (const n of graph.Nodes ?? []) nodes.set(n.ID, { id: n.ID, children: [], layoutOptions: {} });
  for (const n of graph.Nodes ?? []) nodes.get(n.Parent).children.push(nodes.get(n.ID));
  for (const n of graph.Nodes ?? []) {
    const node = nodes.get(n.ID);
    if (node.children.length === 0) Object.assign(node, { width: n.Size.W, height: n.Size.H });
    else node.layoutOptions = { "elk.padding": padding(n.Title), "elk.nodeSize.constraints": "MINIMUM_SIZE", "elk.nodeSize.minimum": `(${n.Title.W + 38},0)` };
  }
  root.edges = (graph.Edges ?? []).map((e) => ({
    id: e.ID,
    sources: [e.Source],
    targets: [e.Target],
    labels: e.Label.W > 0 ? [{ id: `label of ${e.ID}`, text: "x", width: e.Label.W, height: e.Label.H }] : [],
  }));
  return root;
}

/** @param {any} laid */
function fromElk(laid) {
  const boxes = [];
  const lines = [];
  const visit = (node) => {
    for (const edge of node.edges ?? []) {
      const points = (edge.sections ?? []).flatMap((s) => [s.startPoint, ...(s.bendPoints ?? []), s.endPoint]);
      const l = edge.labels?.[0];
      lines.push({ id: edge.id, points: points.map((p) => [p.x, p.y]), label: l ? [l.x, l.y, l.width, l.height] : null });
    }
    for (const child of node.children ?? []) {
      boxes.push({ id: child.id, at: [child.x, child.y, child.width, child.height] });
      visit(child);
    }
  };
  visit(laid);
  return { size: [laid.width, laid.height], boxes, lines };
}

for await (const text of readline.createInterface({ input: process.stdin })) {
  const { graph, runs } = JSON.parse(text);
  const took = [];
  const cpu = [];
  let drawing = null;
  let error = "";
  for (let i = 0; i < runs && !error && took.reduce((a, b) => a + b, 0) < 10_000; i++) {
    const value = toElk(graph);
    const start = performance.now();
    const used = process.cpuUsage();
    try {
      const laid = await elk.layout(value);
      took.push(performance.now() - start);
      const more = process.cpuUsage(used);
      cpu.push((more.user + more.system) / 1000);
      drawing = fromElk(laid);
    } catch (e) {
      error = String(e?.message ?? e);
    }
  }
  process.stdout.write(`${JSON.stringify({ took, cpu, drawing, error })}\n`);
}
