// Lays out one graph that bench_layout wrote: node dagre_layout.cjs GRAPH.json. Run by compare_layouts.sh.
const dagre = require('@dagrejs/dagre');
const input = JSON.parse(require('fs').readFileSync(process.argv[2]));
const graph = new dagre.graphlib.Graph({ multigraph: true });
graph.setGraph({ nodesep: 22, ranksep: 22 });
graph.setDefaultEdgeLabel(() => ({}));
for (let i = 0; i < input.nodes; ++i) graph.setNode(String(i), { width: input.width, height: input.height });
input.edges.forEach(([from, to], i) => graph.setEdge(String(from), String(to), {}, String(i)));
dagre.layout(graph);
console.log(graph.graph().width, graph.graph().height);
